package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.Lora;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** An adapter in PEFT's format: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public final class LoraDirectory {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;
    private final Lora lora;
    private final String base;
    private final SafetensorsFile weights;

    private LoraDirectory(Path path, Lora lora, String base, SafetensorsFile weights) {
        this.path = path;
        this.lora = lora;
        this.base = base;
        this.weights = weights;
    }

    /**
     * Reads the configuration and the header of the weights.
     *
     * @throws ModelRejectedException when a file is missing or asks for what is not plain LoRA on projections
     */
    public static LoraDirectory open(Path path) {
        Path file = path.resolve(CONFIG);
        if (!Files.exists(file) || !Files.exists(path.resolve(WEIGHTS))) {
            throw new ModelRejectedException("Cannot open " + path + ": found no " + CONFIG + " with " + WEIGHTS
                    + ", expected an adapter as PEFT saves it; save it with save_pretrained.");
        }
        JsonNode root;
        try {
            root = JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": it is not JSON, expected an adapter's configuration; copy it again.", e);
        }
        Lora lora = new Fields(file, root).lora();
        String base = root.path("base_model_name_or_path").asText("");
        return new LoraDirectory(path, lora, base, SafetensorsFile.open(path.resolve(WEIGHTS)));
    }

    public Path path() {
        return path;
    }

    public Lora lora() {
        return lora;
    }

    /** Where the model stands that the adapter was trained on, as written; may be empty. */
    public String base() {
        return base;
    }

    /** Notes that were written with the weights. */
    public Map<String, String> notes() {
        return weights.metadata();
    }

    /** Matrix A (rank, in) of a place. */
    public NamedTensor down(LoraSlot slot) {
        return weights.read(downName(slot), lora.rank(), slot.columns());
    }

    /** Matrix B (out, rank) of a place. */
    public NamedTensor up(LoraSlot slot) {
        return weights.read(upName(slot), slot.rows(), lora.rank());
    }

    /**
     * Writes an adapter.
     *
     * @param base place of the model it belongs to, as PEFT reads it
     * @param slots where the adapter acts
     * @param down A of each slot, row-major (rank, in)
     * @param up B of each slot, row-major (out, rank)
     */
    public static void write(
            Path directory,
            Lora lora,
            String base,
            List<LoraSlot> slots,
            List<float[]> down,
            List<float[]> up,
            Map<String, String> notes) {
        List<NamedTensor> tensors = Stream.iterate(0, i -> i < slots.size(), i -> i + 1)
                .flatMap(i -> Stream.of(
                        new NamedTensor(
                                downName(slots.get(i)),
                                new int[] {lora.rank(), slots.get(i).columns()},
                                down.get(i)),
                        new NamedTensor(
                                upName(slots.get(i)), new int[] {slots.get(i).rows(), lora.rank()}, up.get(i))))
                .toList();
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    directory.resolve(CONFIG),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config(lora, base)) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors, Storage.FP32, notes);
    }

    private static ObjectNode config(Lora lora, String base) {
        ObjectNode root = JSON.createObjectNode();
        root.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("base_model_name_or_path", base);
        root.put("r", lora.rank()).put("lora_alpha", lora.alpha()).put("lora_dropout", 0.0);
        Set<Projection> ordered = EnumSet.copyOf(lora.targets());
        ordered.forEach(target -> root.withArray("target_modules").add(target.module()));
        root.put("bias", "none").put("fan_in_fan_out", false).put("inference_mode", true);
        root.put("init_lora_weights", true).put("use_rslora", false).put("use_dora", false);
        root.putNull("modules_to_save").putNull("layers_to_transform").putNull("layers_pattern");
        root.putObject("rank_pattern");
        root.putObject("alpha_pattern");
        return root;
    }

    private static String downName(LoraSlot slot) {
        return PREFIX + slot.module() + ".lora_A.weight";
    }

    private static String upName(LoraSlot slot) {
        return PREFIX + slot.module() + ".lora_B.weight";
    }

    /** Fields of one configuration; every refusal names the file, the field, and what was expected. */
    private record Fields(Path file, JsonNode root) {
        /** Settings that would change what the adapter computes, and the only value that does not. */
        private static final Map<String, String> PLAIN = Map.of(
                "bias", "none",
                "fan_in_fan_out", "false",
                "use_dora", "false",
                "lora_bias", "false");

        private static final List<String> EMPTY = List.of(
                "modules_to_save", "layers_to_transform", "rank_pattern", "alpha_pattern", "trainable_token_indices");

        Lora lora() {
            if (!root.path("peft_type").asText().equals("LORA")) {
                throw rejected("peft_type", "LORA");
            }
            PLAIN.forEach((field, value) -> {
                if (!root.path(field).isMissingNode()
                        && !root.path(field).asText().equals(value)) {
                    throw rejected(field, value);
                }
            });
            for (String field : EMPTY) {
                if (!root.path(field).isNull() && !root.path(field).isEmpty()) {
                    throw rejected(field, "nothing");
                }
            }
            int rank = root.path("r").asInt(0);
            double alpha = root.path("lora_alpha").asDouble(0);
            // rank-stabilised LoRA differs in its scale alone: alpha / sqrt(rank)
            double scale = root.path("use_rslora").asBoolean(false) ? Math.sqrt(rank) : 1;
            try {
                return new Lora(rank, alpha * scale, targets());
            } catch (IllegalArgumentException e) {
                throw new ModelRejectedException("Cannot use " + file + ": " + e.getMessage(), e);
            }
        }

        private Set<Projection> targets() {
            if (!root.path("target_modules").isArray()) {
                throw rejected("target_modules", "a list of module names");
            }
            Set<Projection> targets = EnumSet.noneOf(Projection.class);
            for (JsonNode module : root.path("target_modules")) {
                targets.add(Projection.named(module.asText())
                        .orElseThrow(() -> rejected("target_modules", "projections of attention and feed-forward")));
            }
            return targets;
        }

        private ModelRejectedException rejected(String field, String expected) {
            JsonNode found = root.path(field);
            return new ModelRejectedException("Cannot use " + file + ": field " + field + " is "
                    + (found.isMissingNode() ? "missing" : found) + ", expected " + expected
                    + "; merge the adapter with PEFT and open the merged model.");
        }
    }
}
