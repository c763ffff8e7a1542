package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says about a Llama-family model. Both spellings are read, that of transformers 4
 * ({@code rope_theta}, {@code torch_dtype}) and that of transformers 5 ({@code rope_parameters}, {@code dtype}); both
 * are written.
 *
 * @param shape sizes of the model
 * @param beginId id of the begin-of-sequence token, or null when none is known
 * @param endId id of the end-of-sequence token, or null when none is known
 */
public record ModelConfig(
        ModelShape shape,
        @Nullable Integer beginId,
        @Nullable Integer endId) {
    /** No size of a supported model is larger, and no product of two sizes then overflows. */
    private static final int LARGEST_SIZE = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads {@code directory/config.json}.
     *
     * @throws ModelRejectedException when it is missing, malformed, or describes a model that is not supported
     */
    public static ModelConfig read(Path directory) {
        Path file = directory.resolve("config.json");
        JsonNode root;
        try {
            root = Files.exists(file) ? JSON.readTree(file.toFile()) : null;
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": it is not JSON, expected a Hugging Face config; copy it again.", e);
        }
        if (root == null || !root.isObject()) {
            throw new ModelRejectedException(
                    "Cannot open " + directory
                            + ": config.json is missing or not an object, expected a Hugging Face model directory; export the model with save_pretrained.");
        }
        return new Fields(file, root).config();
    }

    /** Writes {@code directory/config.json}; transformers loads it as LlamaForCausalLM. */
    public void write(Path directory, Storage storage) {
        ObjectNode root = JSON.createObjectNode();
        root.putArray("architectures").add("LlamaForCausalLM");
        root.put("model_type", "llama").put("hidden_act", "silu");
        root.put("attention_bias", false).put("mlp_bias", false);
        root.put("bos_token_id", beginId).put("eos_token_id", endId);
        root.put("hidden_size", shape.width()).put("intermediate_size", shape.feedForward());
        root.put("num_hidden_layers", shape.layers()).put("num_attention_heads", shape.heads());
        root.put("num_key_value_heads", shape.keyValueHeads()).put("head_dim", shape.headSize());
        root.put("max_position_embeddings", shape.context()).put("vocab_size", shape.vocabulary());
        root.put("rms_norm_eps", shape.normEpsilon()).put("tie_word_embeddings", shape.tiedHead());
        root.put("rope_theta", shape.ropeBase());
        root.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", shape.ropeBase());
        String type = storage == Storage.FP32 ? "float32" : storage == Storage.BF16 ? "bfloat16" : "float16";
        root.put("dtype", type).put("torch_dtype", type);
        root.put("initializer_range", 0.02).put("use_cache", true);
        try {
            Files.writeString(
                    directory.resolve("config.json"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One pass over the fields of one file, so that every refusal names the file. */
    private record Fields(Path file, JsonNode root) {
        ModelConfig config() {
            String family = root.path("model_type").asText("");
            if (!family.equals("llama")) {
                throw rejected("model_type", family, "llama", "convert the model or serve it as a remote teacher");
            }
            refuseVariants();
            int width = whole("hidden_size", null);
            int heads = whole("num_attention_heads", null);
            int headSize = whole("head_dim", width / Math.max(1, heads));
            if (headSize % 2 != 0) {
                throw rejected("head_dim", "" + headSize, "an even number", "correct the file");
            }
            int vocabulary = whole("vocab_size", null);
            int feedForward = whole("intermediate_size", null);
            long rows = Math.max(3L * heads * headSize, Math.max(vocabulary, 2L * feedForward));
            if (rows * width > Integer.MAX_VALUE) {
                throw rejected("hidden_size", "" + width, "matrices below 2^31 elements", "correct the file");
            }
            try {
                ModelShape shape = new ModelShape(
                        width,
                        whole("num_hidden_layers", null),
                        heads,
                        whole("num_key_value_heads", heads),
                        headSize,
                        feedForward,
                        vocabulary,
                        whole("max_position_embeddings", null),
                        root.path("tie_word_embeddings").asBoolean(false),
                        ropeBase(),
                        root.path("rms_norm_eps").asDouble(1e-6));
                return new ModelConfig(shape, token("bos_token_id"), token("eos_token_id"));
            } catch (IllegalArgumentException e) {
                throw new ModelRejectedException("Cannot use " + file + ": " + e.getMessage(), e);
            }
        }

        private void refuseVariants() {
            String activation = root.path("hidden_act").asText("silu");
            if (!activation.equals("silu")) {
                throw rejected("hidden_act", activation, "silu", "use a model with a SiLU gate");
            }
            for (String bias : new String[] {"attention_bias", "mlp_bias"}) {
                if (root.path(bias).asBoolean(false)) {
                    throw rejected(bias, "true", "false", "use a model without biases");
                }
            }
            for (String field : new String[] {"rope_scaling", "rope_parameters"}) {
                JsonNode scaling = root.path(field);
                String kind =
                        scaling.path("rope_type").asText(scaling.path("type").asText("default"));
                if (!kind.equals("default")) {
                    throw rejected(field, kind, "no scaling", "use a model with plain rotary positions");
                }
            }
        }

        private double ropeBase() {
            JsonNode base = root.has("rope_theta")
                    ? root.path("rope_theta")
                    : root.path("rope_parameters").path("rope_theta");
            double value = base.isMissingNode() || base.isNull() ? 10_000 : base.asDouble(Double.NaN);
            if (!(value > 0) || Double.isInfinite(value)) {
                throw rejected("rope_theta", base.toString(), "a positive number", "correct the file");
            }
            return value;
        }

        private int whole(String field, @Nullable Integer otherwise) {
            JsonNode node = root.path(field);
            if ((node.isMissingNode() || node.isNull()) && otherwise != null) {
                return otherwise;
            }
            if (!node.isIntegralNumber()
                    || !node.canConvertToInt()
                    || node.asInt() < 1
                    || node.asInt() > LARGEST_SIZE) {
                throw rejected(field, node.toString(), "a whole number from 1 to " + LARGEST_SIZE, "correct the file");
            }
            return node.asInt();
        }

        /** Newer files list several end tokens; the first is the one that the tokenizer names. */
        private @Nullable Integer token(String field) {
            JsonNode node = root.path(field);
            JsonNode first = node.isArray() ? node.path(0) : node;
            return first.isIntegralNumber() ? first.asInt() : null;
        }

        private ModelRejectedException rejected(String field, String found, String expected, String remedy) {
            return new ModelRejectedException("Cannot use " + file + ": field " + field + " is "
                    + (found.isEmpty() ? "missing" : found) + ", expected " + expected + "; " + remedy + ".");
        }
    }
}
