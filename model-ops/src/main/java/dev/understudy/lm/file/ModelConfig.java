package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.Architecture;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.RopeScaling;
import dev.understudy.lm.shape.Rotary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says about a model of one of the {@link dev.understudy.lm.shape.Family families}. Both
 * spellings are read, that of transformers 4 ({@code rope_theta}, {@code torch_dtype}) and that of transformers 5
 * ({@code rope_parameters}, {@code dtype}); both are written.
 *
 * @param shape sizes of the model
 * @param beginId id of the begin-of-sequence token, or null when none is known
 * @param endId id of the end-of-sequence token, or null when none is known
 */
public record ModelConfig(
        ModelShape shape,
        @Nullable Integer beginId,
        @Nullable Integer endId) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads {@code directory/config.json}.
     *
     * @throws ModelRejectedException when it is missing, malformed, or describes a model that is not supported
     */
    public static ModelConfig read(Path directory) {
        Path file = directory.resolve("config.json");
        JsonNode root = root(file);
        if (!root.isObject() || root.isEmpty()) {
            throw new ModelRejectedException(
                    "Cannot open " + directory
                            + ": config.json is missing or not an object, expected a Hugging Face model directory; export the model with save_pretrained.");
        }
        return new ConfigFields(file, root).config();
    }

    /**
     * Ids that end a completion: those of {@code config.json} and, where there is one, of
     * {@code generation_config.json}, which names further ones, as for the end of a turn; in the order of the files,
     * each once.
     *
     * @throws ModelRejectedException when a file is missing or malformed
     */
    public static List<Integer> endIds(Path directory) {
        Set<Integer> ids = new LinkedHashSet<>();
        for (String name : List.of("config.json", "generation_config.json")) {
            JsonNode named = root(directory.resolve(name)).path("eos_token_id");
            for (JsonNode id : named.isArray() ? named : List.of(named)) {
                if (id.isIntegralNumber() && id.canConvertToInt()) {
                    ids.add(id.asInt());
                }
            }
        }
        return List.copyOf(ids);
    }

    private static JsonNode root(Path file) {
        try {
            return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": it is not JSON, expected a Hugging Face config; copy it again.", e);
        }
    }

    /**
     * Writes {@code directory/config.json}, and {@code generation_config.json} where there is none; transformers loads
     * the directory as the family's own class.
     */
    public void write(Path directory, Storage storage) {
        ObjectNode root = JSON.createObjectNode();
        Architecture architecture = shape.architecture();
        root.putArray("architectures").add(architecture.family().className());
        root.put("model_type", architecture.family().modelType()).put("hidden_act", "silu");
        root.put("bos_token_id", beginId).put("eos_token_id", endId);
        root.put("hidden_size", shape.width()).put("intermediate_size", shape.feedForward());
        root.put("num_hidden_layers", shape.layers()).put("num_attention_heads", shape.heads());
        root.put("num_key_value_heads", shape.keyValueHeads()).put("head_dim", shape.headSize());
        root.put("max_position_embeddings", shape.context()).put("vocab_size", shape.vocabulary());
        root.put("rms_norm_eps", shape.normEpsilon()).put("tie_word_embeddings", shape.tiedHead());
        writeArchitecture(architecture, root);
        String type = storage == Storage.FP32 ? "float32" : storage == Storage.BF16 ? "bfloat16" : "float16";
        root.put("dtype", type).put("torch_dtype", type);
        root.put("initializer_range", 0.02).put("use_cache", true);
        try {
            Files.writeString(directory.resolve("config.json"), text(root));
            writeGeneration(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeArchitecture(Architecture architecture, ObjectNode root) {
        switch (architecture.family()) {
            case LLAMA ->
                root.put("attention_bias", architecture.biases().output())
                        .put("mlp_bias", architecture.biases().feedForward());
            case MISTRAL ->
                root.put(
                        "sliding_window",
                        architecture.window() == Architecture.WHOLE_CONTEXT ? null : architecture.window());
            case QWEN2 -> root.put("use_sliding_window", false).putNull("sliding_window");
            case QWEN3 ->
                root.put("attention_bias", architecture.biases().output())
                        .put("use_sliding_window", false)
                        .putNull("sliding_window");
        }
        Rotary rotary = architecture.rotary();
        root.put("rope_theta", rotary.base());
        ObjectNode scaling = scaling(rotary.scaling());
        root.set("rope_scaling", scaling.path("rope_type").asText().equals("default") ? null : scaling);
        root.set("rope_parameters", scaling.deepCopy().put("rope_theta", rotary.base()));
    }

    private static ObjectNode scaling(RopeScaling scaling) {
        ObjectNode node = JSON.createObjectNode();
        if (scaling instanceof RopeScaling.Linear linear) {
            return node.put("rope_type", "linear").put("factor", linear.factor());
        }
        if (scaling instanceof RopeScaling.Llama3 llama3) {
            return node.put("rope_type", "llama3")
                    .put("factor", llama3.factor())
                    .put("low_freq_factor", llama3.lowTurns())
                    .put("high_freq_factor", llama3.highTurns())
                    .put("original_max_position_embeddings", llama3.originalContext());
        }
        return node.put("rope_type", "default");
    }

    /** What transformers generates with; kept when a file came along with the model. */
    private void writeGeneration(Path directory) throws IOException {
        Path file = directory.resolve("generation_config.json");
        if (!Files.exists(file)) {
            ObjectNode root = JSON.createObjectNode();
            root.put("_from_model_config", true);
            root.put("bos_token_id", beginId).put("eos_token_id", endId);
            Files.writeString(file, text(root));
        }
    }

    private static String text(ObjectNode root) throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }
}
