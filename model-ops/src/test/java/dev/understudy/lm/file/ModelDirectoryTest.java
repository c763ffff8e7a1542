package dev.understudy.lm.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.Architecture;
import dev.understudy.lm.shape.Biases;
import dev.understudy.lm.shape.Family;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.RopeScaling;
import dev.understudy.lm.shape.Rotary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
    private static final String GOOD = "model.norm.weight";
    private static final String BROKEN = "model.embed_tokens.weight";
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
    void everyEndTokenThatAFileNamesEndsACompletion(@TempDir Path folder) throws IOException {
        new ModelConfig(SHAPE, null, 2).write(folder, Storage.FP32);
        assertThat(ModelConfig.endIds(folder)).containsExactly(2);
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [7, 2, 5]}");
        assertThat(ModelConfig.endIds(folder)).containsExactly(2, 7, 5);
        Files.writeString(folder.resolve("generation_config.json"), "{");
        assertThatThrownBy(() -> ModelConfig.endIds(folder)).hasMessageContaining("generation_config.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"model.layers.0.self_attn.q_proj.bias", "model.layers.1.mlp.up_proj.weight", "score.weight"})
    void refusesATensorThatWouldBeLeftOut(String name, @TempDir Path folder) {
        writeWith(folder, name);
        assertThatThrownBy(() -> new ModelDirectory(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("tensor " + name + " is there, expected none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.layers.0.self_attn.rotary_emb.inv_freq", "lm_head.weight"})
    void ignoresTensorsThatFollowFromOthers(String name, @TempDir Path folder) {
        writeWith(folder, name);
        assertThat(new ModelDirectory(folder).config().shape()).isEqualTo(SHAPE);
    }

    private static void writeWith(Path folder, String extra) {
        new ModelConfig(SHAPE, null, 2).write(folder, Storage.FP32);
        List<NamedTensor> tensors = new ArrayList<>();
        for (LlamaLayout.Block block : LlamaLayout.blocks(SHAPE)) {
            for (LlamaLayout.Part part : block.parts()) {
                tensors.add(new NamedTensor(part.name(), part.shape(), new float[NamedTensor.elements(part.shape())]));
            }
        }
        tensors.add(new NamedTensor(extra, new int[] {1}, new float[1]));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Storage.FP32, Map.of());
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
                new NamedTensor(GOOD, new int[] {2}, new float[] {1, 2}),
                new NamedTensor(BROKEN, new int[] {2}, new float[] {1, Float.NaN}));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Storage.FP32, Map.of());
        ModelDirectory directory = new ModelDirectory(folder);
        assertThat(directory.tensor(GOOD, 2).values()).containsExactly(1, 2);
        assertThatThrownBy(() -> directory.tensor("absent", 2)).hasMessageContaining("tensor absent is missing");
        assertThatThrownBy(() -> directory.tensor(GOOD, 1, 2)).hasMessageContaining("shape [2], expected [1, 2]");
        assertThatThrownBy(() -> directory.tensor(BROKEN, 2)).hasMessageContaining("holds NaN");
    }

    @Test
    void readsShardsByTheirIndexAndNothingOutsideTheFolder(@TempDir Path folder) throws IOException {
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        for (String name : List.of(GOOD, BROKEN)) {
            NamedTensor tensor = new NamedTensor(name, new int[] {1}, new float[] {name.length()});
            SafetensorsWriter.write(
                    folder.resolve((name.equals(GOOD) ? "a" : "b") + ".safetensors"),
                    List.of(tensor),
                    Storage.FP32,
                    Map.of());
        }
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, map(GOOD, "a.safetensors", BROKEN, "b.safetensors"));
        assertThat(new ModelDirectory(folder).tensor(BROKEN, 1).values()).containsExactly(BROKEN.length());
        Files.writeString(index, map(GOOD, "../a.safetensors"));
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("plain name");
        Files.writeString(index, map(GOOD, "c.safetensors"));
        assertThatThrownBy(() -> new ModelDirectory(folder)).hasMessageContaining("shard c.safetensors is missing");
    }

    private static String map(String... entries) throws IOException {
        ObjectNode map = new ObjectMapper().createObjectNode();
        for (int i = 0; i < entries.length; i += 2) {
            map.withObject("/weight_map").put(entries[i], entries[i + 1]);
        }
        return map.toString();
    }
}
