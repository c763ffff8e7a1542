package dev.understudy.lm.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final float[] EXACT = {0f, -0f, 1f, -2.5f, 0.15625f, 65280f, 0x1p-14f, -0x1p-10f};

    @ParameterizedTest
    @EnumSource(Storage.class)
    void readsWhatWasWritten(Storage storage, @TempDir Path folder) {
        Path file = written(folder, storage);
        SafetensorsFile read = SafetensorsFile.open(file);
        assertThat(read.names()).containsExactlyInAnyOrder("a", "b");
        assertThat(read.metadata()).containsEntry("steps", "7");
        assertThat(read.read("a", 2, 4).values()).containsExactly(EXACT);
        assertThat(read.read("b", 3).values()).containsExactly(1f, 2f, 3f);
    }

    @Test
    void everyHalfSurvivesTheWayToSinglePrecisionAndBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            short half = (short) bits;
            float value = FloatBits.fromHalf(half);
            if (Float.isFinite(value)) {
                assertThat(FloatBits.toHalf(value)).isEqualTo(half);
            }
            short brain = FloatBits.toBfloat16(FloatBits.fromBfloat16(half));
            assertThat(Float.isNaN(FloatBits.fromBfloat16(half)) || brain == half)
                    .isTrue();
        }
    }

    @Test
    void roundsToNearestWithTiesToEven() {
        assertThat(FloatBits.fromBfloat16(FloatBits.toBfloat16(1 + 0x1p-8f))).isEqualTo(1f);
        assertThat(FloatBits.fromBfloat16(FloatBits.toBfloat16(1 + 3 * 0x1p-8f)))
                .isEqualTo(1 + 0x1p-6f);
        assertThat(FloatBits.fromHalf(FloatBits.toHalf(1 + 0x1p-11f))).isEqualTo(1f);
        assertThat(FloatBits.fromHalf(FloatBits.toHalf(1 + 3 * 0x1p-11f))).isEqualTo(1 + 0x1p-9f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,800]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e1]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
                "{\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} {}",
                "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
                "{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}}",
                "{\"a\":1}",
                "[1]",
                "{\"a\":"
            })
    void refusesHeadersThatLie(String header, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("lie.safetensors");
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(text.length).put(text).array());
        assertThatThrownBy(() -> SafetensorsFile.open(file).read("a", 2))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void saysWhatAPickleIs(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.safetensors");
        for (byte[] start : List.of(
                new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0}, new byte[] {(byte) 0x80, 2, 'c', 'o', 's', 10, 's', 'y'})) {
            Files.write(file, Arrays.copyOf(start, 500));
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .isInstanceOf(ModelRejectedException.class)
                    .hasMessageContaining("pickle or zip archive")
                    .hasMessageContaining("safe_serialization");
        }
    }

    @Test
    void aHeaderThatIsNoUtf8IsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x.safetensors");
        byte[] text =
                "{\"a?\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}".getBytes(StandardCharsets.UTF_8);
        text[3] = (byte) 0xC3;
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(text.length).put(text).array());
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("not UTF-8");
    }

    @Test
    void theLargestMagnitudeIsFoundInEveryFormat(@TempDir Path folder) {
        for (Storage storage : Storage.values()) {
            assertThat(SafetensorsFile.open(written(folder, storage)).largestMagnitude())
                    .isEqualTo(65280.0);
        }
        for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            Path file = folder.resolve("bad.safetensors");
            List<NamedTensor> tensors = List.of(new NamedTensor("a", new int[] {3}, new float[] {1, bad, 2}));
            SafetensorsWriter.write(file, tensors, Storage.FP32, Map.of());
            assertThat(SafetensorsFile.open(file).largestMagnitude()).isInfinite();
        }
    }

    @Test
    void tenThousandMutatedHeadersAreReadOrRefusedNeverWorse(@TempDir Path folder) throws IOException {
        long seed = 20_260_401;
        byte[] whole = Files.readAllBytes(written(folder, Storage.FP32));
        SplittableRandom random = new SplittableRandom(seed);
        Path file = folder.resolve("mutated.safetensors");
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = mutated(whole, random, i);
            Files.write(file, bytes);
            try {
                SafetensorsFile read = SafetensorsFile.open(file);
                read.read("a", 2, 4);
                read.read("b", 3);
                assertThat(read.largestMagnitude()).isNotNaN();
            } catch (ModelRejectedException expected) {
                assertThat(expected).hasMessageContaining(file.toString()).hasMessageContaining("expected");
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", mutation " + i + ": " + Arrays.toString(bytes), e);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(5_000, 9_999);
    }

    /** Cut, overwritten in the header, or with a number of the header changed, by turns. */
    private static byte[] mutated(byte[] whole, SplittableRandom random, int turn) {
        int header = 8 + ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt();
        byte[] bytes = whole.clone();
        switch (turn % 4) {
            case 0 -> {
                return Arrays.copyOf(whole, random.nextInt(whole.length + 20));
            }
            case 1 -> {
                for (int k = random.nextInt(1, 5); k > 0; k--) {
                    bytes[random.nextInt(header)] = (byte) random.nextInt(256);
                }
            }
            case 2 -> {
                for (int k = random.nextInt(1, 3); k > 0; k--) {
                    int at = random.nextInt(8, header);
                    if (bytes[at] >= '0' && bytes[at] <= '9') {
                        bytes[at] = (byte) random.nextInt('0', '9' + 1);
                    }
                }
            }
            default -> {
                int at = random.nextInt(8, header);
                bytes[at] = (byte) "{}[]\",:-e. \\0123456789".charAt(random.nextInt(22));
            }
        }
        return bytes;
    }

    @Test
    void refusesToWriteWhatHalfPrecisionCannotHold(@TempDir Path folder) {
        List<NamedTensor> tensors = List.of(new NamedTensor("a", new int[] {1}, new float[] {70000f}));
        assertThatThrownBy(
                        () -> SafetensorsWriter.write(folder.resolve("x.safetensors"), tensors, Storage.FP16, Map.of()))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("BF16");
    }

    private static Path written(Path folder, Storage storage) {
        Path file = folder.resolve("x.safetensors");
        List<NamedTensor> tensors = List.of(
                new NamedTensor("a", new int[] {2, 4}, EXACT),
                new NamedTensor("b", new int[] {3}, new float[] {1, 2, 3}));
        SafetensorsWriter.write(file, tensors, storage, Map.of("steps", "7"));
        return file;
    }
}
