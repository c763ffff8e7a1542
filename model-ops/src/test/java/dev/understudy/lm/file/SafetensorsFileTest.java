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
    void mutatedAndTruncatedFilesAreReadOrRefusedNeverWorse(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(written(folder, Storage.FP32));
        SplittableRandom random = new SplittableRandom(20_260_401);
        Path file = folder.resolve("mutated.safetensors");
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] bytes = i % 6 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int k = random.nextInt(1, 5); i % 6 != 0 && k > 0; k--) {
                bytes[random.nextInt(Math.min(bytes.length, 230))] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                SafetensorsFile.open(file).read("a", 2, 4);
            } catch (ModelRejectedException expected) {
                refused++;
            }
        }
        assertThat(refused).isBetween(300, 599);
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
