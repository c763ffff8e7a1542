package dev.understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.understudy.wire.WireException.Fault;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.PriceSet;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.swap.VersionAssigned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireCodecTest {
    private static final int HEADER = 10;

    static List<Class<? extends SpecificRecord>> types() {
        return FilledRecords.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void givesBackEveryRecordAsItWas(Class<? extends SpecificRecord> type) throws IOException {
        assertRoundTrip(type);
    }

    private static <T extends SpecificRecord> void assertRoundTrip(Class<T> type) throws IOException {
        WireCodec<T> codec = WireCodec.of(type);
        for (long seed = 1; seed <= 5; seed++) {
            T record = FilledRecords.filled(type, seed);
            assertThat(codec.decode(codec.encode(record))).isEqualTo(record);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void refusesEveryPrefixOfARecord(Class<? extends SpecificRecord> type) throws IOException {
        assertPrefixesRefused(type);
    }

    private static <T extends SpecificRecord> void assertPrefixesRefused(Class<T> type) throws IOException {
        WireCodec<T> codec = WireCodec.of(type);
        byte[] whole = codec.encode(FilledRecords.filled(type, 7));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(WireException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void neverFailsOtherwiseOnChangedBytes(Class<? extends SpecificRecord> type) throws IOException {
        assertOnlyWireExceptions(type);
    }

    private static <T extends SpecificRecord> void assertOnlyWireExceptions(Class<T> type) throws IOException {
        WireCodec<T> codec = WireCodec.of(type);
        byte[] whole = codec.encode(FilledRecords.filled(type, 11));
        SplittableRandom random = new SplittableRandom(11);
        for (int trial = 0; trial < 300; trial++) {
            byte[] changed = whole.clone();
            for (int i = 0; i < 3; i++) {
                changed[random.nextInt(HEADER, changed.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(codec.decode(changed)).isNotNull();
            } catch (WireException e) {
                assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
            }
        }
    }

    @Test
    void refusesBytesThatAreNotOurs() {
        WireException refused = refusal("{\"id\":\"p-1\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(refused.fault()).isEqualTo(Fault.FOREIGN);
        assertThat(refused).hasMessageContaining("PromptSubmitted").hasMessageContaining("single-object encoding");
    }

    @Test
    void refusesTheRecordOfAnotherTopic() throws IOException {
        WireException refused = refusal(
                WireCodec.of(CompletionProduced.class).encode(FilledRecords.filled(CompletionProduced.class, 1)));
        assertThat(refused.fault()).isEqualTo(Fault.UNKNOWN_SCHEMA);
        assertThat(refused).hasMessageContaining("Upgrade this reader before its writers");
    }

    @Test
    void refusesBytesAfterTheLastField() throws IOException {
        byte[] whole = WireCodec.of(PromptSubmitted.class).encode(FilledRecords.filled(PromptSubmitted.class, 1));
        assertThat(refusal(Arrays.copyOf(whole, whole.length + 1)).fault()).isEqualTo(Fault.CORRUPT);
    }

    @Test
    void refusesMessagesAboveTheBoundInBothDirections() throws IOException {
        PromptSubmitted prompt = FilledRecords.filled(PromptSubmitted.class, 1);
        prompt.setText("x".repeat(2000));
        byte[] bytes = WireCodec.of(PromptSubmitted.class).encode(prompt);
        WireCodec<PromptSubmitted> small = WireCodec.of(PromptSubmitted.class, 1000);
        assertThatThrownBy(() -> small.encode(prompt)).hasMessageContaining("bound is 1000");
        assertThatThrownBy(() -> small.decode(bytes)).hasMessageContaining("bound is 1000");
    }

    @Test
    void anArrayThatClaimsTwoBillionItemsCostsNothing() throws IOException {
        assertThat(refusal(claiming(2_000_000_000L, false)).fault()).isEqualTo(Fault.CORRUPT);
        assertThat(refusal(claiming(2_000_000_000L, true)).fault()).isEqualTo(Fault.CORRUPT);
    }

    /** A prompt whose tokenIds claim {@code items}; {@code sized} uses the block form with a byte count in front. */
    private static byte[] claiming(long items, boolean sized) throws IOException {
        byte[] header = Arrays.copyOf(
                WireCodec.of(PromptSubmitted.class).encode(FilledRecords.filled(PromptSubmitted.class, 1)), HEADER);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(header);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        encoder.writeString("id");
        encoder.writeString("tenant");
        encoder.writeString("workload");
        encoder.writeIndex(0);
        encoder.writeNull();
        encoder.writeIndex(1);
        encoder.writeLong(sized ? -items : items);
        if (sized) {
            encoder.writeLong(1);
        }
        encoder.writeInt(5);
        encoder.writeLong(0);
        encoder.flush();
        return bytes.toByteArray();
    }

    @Test
    void refusesToWriteARecordWithoutARequiredField() {
        PromptSubmitted prompt = FilledRecords.filled(PromptSubmitted.class, 1);
        prompt.put("tenant", null);
        assertThatThrownBy(() -> WireCodec.of(PromptSubmitted.class).encode(prompt))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("Set every field");
    }

    @Test
    void tellsTheRecordsOfTheControlTopicApart() throws IOException {
        WireCodec<SpecificRecord> codec = WireCodec.of(Topics.CONTROL);
        for (Class<? extends SpecificRecord> type : List.of(HelpGranted.class, PriceSet.class, VersionAssigned.class)) {
            SpecificRecord record = FilledRecords.filled(type, 3);
            assertThat(codec.decode(codec.encode(record))).isEqualTo(record);
        }
        assertThatThrownBy(() -> codec.encode(FilledRecords.filled(PromptSubmitted.class, 1)))
                .hasMessageContaining("Cannot write a PromptSubmitted here");
    }

    @Test
    void readsAnOlderWriterThatLackedAField() throws IOException {
        Schema current = PriceSet.getClassSchema();
        Schema older = Schema.createRecord(current.getName(), null, current.getNamespace(), false);
        older.setFields(current.getFields().stream()
                .filter(field -> !field.name().equals("askAlways"))
                .map(field -> new Schema.Field(field, field.schema()))
                .toList());
        PriceSet written = FilledRecords.filled(PriceSet.class, 1);
        byte[] bytes = Evolution.encode(written, older);
        assertThat(refusalOf(WireCodec.of(PriceSet.class), bytes).fault()).isEqualTo(Fault.UNKNOWN_SCHEMA);

        written.setAskAlways(false);
        assertThat(WireCodec.reading(PriceSet.class, List.of(older)).decode(bytes))
                .isEqualTo(written);
    }

    private static WireException refusal(byte[] bytes) {
        return refusalOf(WireCodec.of(PromptSubmitted.class), bytes);
    }

    private static WireException refusalOf(WireCodec<?> codec, byte[] bytes) {
        return catchThrowableOfType(WireException.class, () -> codec.decode(bytes));
    }
}
