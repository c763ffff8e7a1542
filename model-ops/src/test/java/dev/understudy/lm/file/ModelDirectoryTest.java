package dev.understudy.lm.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.Architecture;
import dev.understudy.lm.Biases;
import dev.understudy.lm.Family;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.RopeScaling;
import dev.understudy.lm.Rotary;
import dev.understudy.lm.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelDirectoryTest {
    private static final ModelShape SHAPE = new ModelShape(8, 1, 4, 2, 4, 12, 13, 16, true, 200, 1e-5);

    static Stream<Architecture> architectures() {
        Rotary linear = new Rotary(500, new RopeScaling.Linear(4));
        Rotary byParts = new Rotary(500, new RopeScaling.Llama3(8, 1, 4, 64));
        int all = Architecture.WHOLE_CONTEXT;
        return Stream.of(
                Architecture.llama(200),
                new Architecture(Family.LLAMA, linear, new Biases(true, true, false), all),
                new Architecture(Family.LLAMA, byParts, new Biases(false, false, true), all),
                new Architecture(Family.MISTRAL, Rotary.plain(10), Biases.NONE, all),
                new Architecture(Family.MISTRAL, Rotary.plain(10), Biases.NONE, 7),
                new Architecture(Family.QWEN2, byParts, new Biases(true, false, false), all),
                new Architecture(Family.QWEN3, linear, Biases.NONE, all),
                new Architecture(Family.QWEN3, linear, new Biases(true, true, false), all));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void aWrittenConfigReadsBackEqual(Architecture architecture, @TempDir Path folder) {
        ModelShape shape = new ModelShape(8, 1, 4, 2, 6, 12, 13, 16, true, 1e-5, architecture);
        ModelConfig config = new ModelConfig(shape, null, 2);
        config.write(folder, Storage.BF16);
        assertThat(ModelConfig.read(folder)).isEqualTo(config);
        assertThat(folder.resolve("generation_config.json")).content().contains("\"eos_token_id\" : 2");
    }

    @Test
    void refusesAWindowThatOnlySomeLayersHave(@TempDir Path folder) throws IOException {
        Architecture qwen = new Architecture(Family.QWEN3, Rotary.plain(10), Biases.NONE, Architecture.WHOLE_CONTEXT);
        ModelShape shape = new ModelShape(8, 1, 4, 2, 6, 12, 13, 16, true, 1e-5, qwen);
        new ModelConfig(shape, null, null).write(folder, Storage.FP32);
        Path file = folder.resolve("config.json");
        String slides =
                Files.readString(file).replace("\"use_sliding_window\" : false", "\"use_sliding_window\" : true");
        Files.writeString(file, slides.replace("\"sliding_window\" : null", "\"sliding_window\" : 16"));
        assertThat(ModelConfig.read(folder).shape()).isEqualTo(shape);
        Files.writeString(file, slides.replace("\"sliding_window\" : null", "\"sliding_window\" : 15"));
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .hasMessageContaining("use_sliding_window is true with a window of 15 in a context of 16");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model_type\" : \"llama\" | \"model_type\" : \"gpt2\" | field model_type is gpt2, expected llama, mistral",
                "\"rope_type\" : \"default\" | \"rope_type\" : \"yarn\" | rope_parameters is yarn, expected default, linear",
                "\"rope_type\" : \"default\" | \"rope_type\" : \"linear\" | rope_parameters.factor",
                "\"rope_scaling\" : null | \"rope_scaling\" : {\"type\":\"linear\",\"factor\":0.5} | factor 0.5, expected",
                "\"attention_bias\" : false | \"attention_bias\" : \"no\" | attention_bias is \"no\", expected true or false",
                "\"hidden_act\" : \"silu\" | \"hidden_act\" : \"gelu\" | field hidden_act is gelu",
                "\"hidden_act\" | \"partial_rotary_factor\" : 0.5, \"hidden_act\" | field partial_rotary_factor is 0.5",
                "\"vocab_size\" : 13 | \"vocab_size\" : 2000000000 | field vocab_size is 2000000000",
                "\"head_dim\" : 4 | \"head_dim\" : 3 | field head_dim is 3, expected an even number",
                "\"num_key_value_heads\" : 2 | \"num_key_value_heads\" : 3 | 4 heads and 3 key/value heads",
                "\"rope_theta\" : 200.0 | \"rope_theta\" : \"x\" | field rope_theta",
            })
    void refusesWhatIsNotSupportedByName(String field, String changed, String message, @TempDir Path folder)
            throws IOException {
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        Path file = folder.resolve("config.json");
        String text = Files.readString(file);
        assertThat(text).contains(field);
        Files.writeString(file, text.replace(field, changed));
        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void refusesPickleFilesAndFoldersWithoutWeights(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("config.json is missing");
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("no weights");
        Files.write(folder.resolve("pytorch_model.bin"), new byte[] {1});
        assertThatThrownBy(() -> new ModelDirectory(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("only pickle files");
    }

    @Test
    void refusesMissingMisshapenAndNonFiniteTensors(@TempDir Path folder) {
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        List<NamedTensor> tensors = List.of(
                new NamedTensor("good", new int[] {2}, new float[] {1, 2}),
                new NamedTensor("broken", new int[] {2}, new float[] {1, Float.NaN}));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Storage.FP32, Map.of());
        ModelDirectory directory = new ModelDirectory(folder);
        assertThat(directory.tensor("good", 2).values()).containsExactly(1, 2);
        assertThatThrownBy(() -> directory.tensor("absent", 2)).hasMessageContaining("tensor absent is missing");
        assertThatThrownBy(() -> directory.tensor("good", 1, 2)).hasMessageContaining("shape [2], expected [1, 2]");
        assertThatThrownBy(() -> directory.tensor("broken", 2)).hasMessageContaining("holds NaN");
    }

    @Test
    void readsShardsByTheirIndexAndNothingOutsideTheFolder(@TempDir Path folder) throws IOException {
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        for (String name : List.of("a", "b")) {
            NamedTensor tensor = new NamedTensor(name, new int[] {1}, new float[] {name.charAt(0)});
            SafetensorsWriter.write(folder.resolve(name + ".safetensors"), List.of(tensor), Storage.FP32, Map.of());
        }
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"b.safetensors\"}}");
        assertThat(new ModelDirectory(folder).tensor("b", 1).values()).containsExactly('b');
        Files.writeString(index, "{\"weight_map\":{\"a\":\"../a.safetensors\"}}");
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("plain name");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"c.safetensors\"}}");
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("shard c.safetensors is missing");
    }
}
