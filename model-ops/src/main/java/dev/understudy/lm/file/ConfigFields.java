package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.shape.Architecture;
import dev.understudy.lm.shape.Biases;
import dev.understudy.lm.shape.Family;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.RopeScaling;
import dev.understudy.lm.shape.Rotary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of one {@code config.json}; every refusal names the file, the field, and what was expected. */
record ConfigFields(Path file, JsonNode root) {
    /** No size of a supported model is larger, and no product of two sizes then overflows. */
    private static final int LARGEST_SIZE = 1 << 20;

    /** No supported model is deeper, and a layout of that many layers is still small. */
    private static final int MOST_LAYERS = 4096;

    /** Window that transformers assumes for a Mistral whose configuration does not mention one. */
    private static final int MISTRAL_WINDOW = 4096;

    ModelConfig config() {
        Family family = family();
        refuseVariants();
        int width = whole("hidden_size", null);
        int heads = whole("num_attention_heads", null);
        // a fixed default of transformers that does not follow from the sizes is better stated than guessed
        boolean llama = family == Family.LLAMA;
        int headSize = whole("head_dim", family == Family.QWEN3 ? null : Integer.valueOf(width / heads));
        if (headSize % 2 != 0) {
            throw rejected("head_dim", "" + headSize, "an even number", "correct the file");
        }
        int vocabulary = whole("vocab_size", null);
        int feedForward = whole("intermediate_size", null);
        long rows = Math.max(3L * heads * headSize, Math.max(vocabulary, 2L * feedForward));
        if (rows * width > Integer.MAX_VALUE) {
            throw rejected("hidden_size", "" + width, "matrices below 2^31 elements", "correct the file");
        }
        int layers = whole("num_hidden_layers", null);
        if (layers > MOST_LAYERS) {
            throw rejected("num_hidden_layers", "" + layers, "at most " + MOST_LAYERS, "correct the file");
        }
        int context = whole("max_position_embeddings", null);
        if ((long) context * headSize > Integer.MAX_VALUE) {
            throw rejected(
                    "max_position_embeddings", "" + context, "rotary tables below 2^31 elements", "lower the field");
        }
        try {
            ModelShape shape = new ModelShape(
                    width,
                    layers,
                    heads,
                    whole("num_key_value_heads", llama ? Integer.valueOf(heads) : null),
                    headSize,
                    feedForward,
                    vocabulary,
                    context,
                    flag("tie_word_embeddings"),
                    number(root.path("rms_norm_eps"), "rms_norm_eps", 1e-6),
                    new Architecture(family, rotary(), biases(family), window(family, context)));
            return new ModelConfig(shape, token("bos_token_id"), token("eos_token_id"));
        } catch (IllegalArgumentException e) {
            throw new ModelRejectedException("Cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    private Family family() {
        String type = root.path("model_type").asText("");
        return Arrays.stream(Family.values())
                .filter(family -> family.modelType().equals(type))
                .findFirst()
                .orElseThrow(() -> rejected(
                        "model_type",
                        type,
                        Arrays.stream(Family.values()).map(Family::modelType).collect(Collectors.joining(", ")),
                        "convert the model or serve it as a remote teacher"));
    }

    private void refuseVariants() {
        String activation = root.path("hidden_act").asText("silu");
        if (!activation.equals("silu")) {
            throw rejected("hidden_act", activation, "silu", "use a model with a SiLU gate");
        }
        double turned = number(root.path("partial_rotary_factor"), "partial_rotary_factor", 1.0);
        if (turned != 1) {
            throw rejected("partial_rotary_factor", "" + turned, "1", "use a model that rotates whole heads");
        }
    }

    private Biases biases(Family family) {
        boolean attention = flag("attention_bias");
        boolean feedForward = flag("mlp_bias");
        return switch (family) {
            case LLAMA -> new Biases(attention, attention, feedForward);
            case QWEN3 -> new Biases(attention, attention, false);
            case QWEN2 -> new Biases(true, false, false);
            case MISTRAL -> Biases.NONE;
        };
    }

    private int window(Family family, int context) {
        boolean none = root.path("sliding_window").isNull();
        if (family == Family.LLAMA || none) {
            return Architecture.WHOLE_CONTEXT;
        }
        int window = whole("sliding_window", MISTRAL_WINDOW);
        if (family == Family.MISTRAL) {
            return window;
        }
        // the other families slide in some layers only, which makes no difference in a context that is not longer
        if (flag("use_sliding_window") && window < context) {
            throw rejected(
                    "use_sliding_window",
                    "true with a window of " + window + " in a context of " + context,
                    "false",
                    "lower max_position_embeddings to the window");
        }
        return Architecture.WHOLE_CONTEXT;
    }

    private Rotary rotary() {
        JsonNode newer = root.path("rope_parameters");
        JsonNode older = root.path("rope_scaling");
        boolean plain = kind(older).equals("default");
        if (!plain && !kind(newer).equals("default") && !kind(older).equals(kind(newer))) {
            throw rejected("rope_scaling", kind(older), kind(newer) + " as in rope_parameters", "correct the file");
        }
        RopeScaling scaling = plain ? scaling("rope_parameters", newer) : scaling("rope_scaling", older);
        JsonNode base = root.has("rope_theta") ? root.path("rope_theta") : newer.path("rope_theta");
        return new Rotary(number(base, "rope_theta", 10_000.0), scaling);
    }

    private static String kind(JsonNode scaling) {
        return scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    }

    private RopeScaling scaling(String field, JsonNode node) {
        return switch (kind(node)) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(number(node.path("factor"), field + ".factor", null));
            case "llama3" ->
                new RopeScaling.Llama3(
                        number(node.path("factor"), field + ".factor", null),
                        number(node.path("low_freq_factor"), field + ".low_freq_factor", null),
                        number(node.path("high_freq_factor"), field + ".high_freq_factor", null),
                        whole(
                                node.path("original_max_position_embeddings"),
                                field + ".original_max_position_embeddings",
                                null));
            default ->
                throw rejected(
                        field,
                        kind(node),
                        "default, linear or llama3",
                        "use a model with one of these rotary scalings");
        };
    }

    private boolean flag(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw rejected(field, node.toString(), "true or false", "correct the file");
        }
        return node.asBoolean();
    }

    private double number(JsonNode node, String field, @Nullable Double otherwise) {
        if ((node.isMissingNode() || node.isNull()) && otherwise != null) {
            return otherwise;
        }
        double value = node.isNumber() ? node.asDouble() : Double.NaN;
        if (!(value > 0) || Double.isInfinite(value)) {
            throw rejected(field, node.toString(), "a positive number", "correct the file");
        }
        return value;
    }

    private int whole(String field, @Nullable Integer otherwise) {
        return whole(root.path(field), field, otherwise);
    }

    private int whole(JsonNode node, String field, @Nullable Integer otherwise) {
        if ((node.isMissingNode() || node.isNull()) && otherwise != null) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 1 || node.asInt() > LARGEST_SIZE) {
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
