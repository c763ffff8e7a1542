package dev.understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.wire.signal.InterventionRecorded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InterventionSizeTest {
    private static final int TOKENS = 200;
    private static final int TOP = 8;
    private static final int VOCABULARY = 151_936;

    @Test
    void aPositionWithEightAlternativesTakesLessThan120Bytes() throws IOException {
        int perPosition = (size(TOKENS) - size(0)) / TOKENS;
        assertThat(perPosition).isLessThan(120);
    }

    /** Every optional field is filled, ids are spread over a large vocabulary: the worst case. */
    private static int size(int tokens) throws IOException {
        InterventionRecorded record = FilledRecords.filled(InterventionRecorded.class, 1);
        record.setTokenIds(ids(tokens));
        record.setAuthors(ByteBuffer.allocate(tokens));
        record.setReasons(ByteBuffer.allocate(tokens));
        record.setStudentArgmax(ids(tokens));
        record.setStudentConfidence(PackedFloats.pack(new float[tokens]));
        record.setDifficulty(PackedFloats.pack(new float[tokens]));
        record.setStudentEntropy(PackedFloats.pack(new float[tokens]));
        record.setLookedCounts(ByteBuffer.allocate(tokens));
        record.setTopIds(ids(tokens * TOP));
        record.setTopLogProbabilities(ByteBuffer.allocate(0));
        record.setLawHalves(ByteBuffer.allocate(2 * tokens * (TOP + 1)));
        record.setAcceptedLogProbabilities(PackedFloats.pack(new float[tokens]));
        return WireCodec.of(InterventionRecorded.class).encode(record).length;
    }

    private static List<Integer> ids(int count) {
        SplittableRandom random = new SplittableRandom(5);
        return IntStream.range(0, count)
                .mapToObj(i -> random.nextInt(VOCABULARY))
                .toList();
    }

    @Test
    void packedFloatsComeBackBitByBit() {
        float[] values = {0f, -0f, 1.5f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
        ByteBuffer packed = PackedFloats.pack(values);
        assertThat(PackedFloats.unpack(packed)).isEqualTo(values);
        assertThat(packed.get(8 + 3))
                .as("little-endian: the sign byte comes last")
                .isEqualTo((byte) 0x3f);
        assertThat(packed.remaining()).isEqualTo(24);
    }

    @Test
    void aCutFloatArrayIsRefused() {
        assertThatThrownBy(() -> PackedFloats.unpack(ByteBuffer.allocate(7))).hasMessageContaining("multiple of 4");
    }
}
