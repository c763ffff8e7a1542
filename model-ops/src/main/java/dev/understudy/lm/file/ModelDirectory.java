package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A Hugging Face model directory opened for reading: the configuration, and tensors by name from one safetensors file
 * or from the shards its index lists. Pickle files are never opened.
 */
public final class ModelDirectory {
    /** Files that belong to a model and go with it when it is written elsewhere. */
    private static final List<String> COMPANIONS = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "generation_config.json",
            "chat_template.jinja");

    private final Path path;
    private final ModelConfig config;
    private final Map<String, SafetensorsFile> fileOf = new HashMap<>();

    /**
     * Reads the configuration and every safetensors header.
     *
     * @throws ModelRejectedException when a file is missing, malformed or not supported
     */
    public ModelDirectory(Path path) {
        this.path = path;
        config = ModelConfig.read(path);
        Path single = path.resolve("model.safetensors");
        Path index = path.resolve("model.safetensors.index.json");
        if (Files.exists(single)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            file.names().forEach(name -> fileOf.put(name, file));
        } else if (Files.exists(index)) {
            openShards(index);
        } else {
            boolean pickle = Files.exists(path.resolve("pytorch_model.bin"))
                    || Files.exists(path.resolve("pytorch_model.bin.index.json"));
            throw new ModelRejectedException("Cannot open " + path + ": found "
                    + (pickle ? "only pickle files, which may run code," : "no weights,")
                    + " expected model.safetensors; export with save_pretrained(safe_serialization=True).");
        }
        refuseUnknown();
    }

    /**
     * A tensor that the configuration does not call for would be left out silently, and the model's numbers be wrong: a
     * bias, a norm, a layer too many.
     */
    private void refuseUnknown() {
        Set<String> known = LlamaLayout.blocks(config.shape()).stream()
                .flatMap(block -> block.parts().stream())
                .map(LlamaLayout.Part::name)
                .collect(Collectors.toSet());
        fileOf.keySet().stream()
                .filter(name -> !known.contains(name) && !isDerived(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new ModelRejectedException("Cannot open " + path + ": tensor " + name
                            + " is there, expected none of that name by config.json; use the config.json that belongs"
                            + " to these weights, or a model of a supported family.");
                });
    }

    /** Tensors that follow from others: rotary tables of old exports, and the head where it is the embedding. */
    private boolean isDerived(String name) {
        return name.endsWith(".rotary_emb.inv_freq")
                || (name.equals("lm_head.weight") && config.shape().tiedHead());
    }

    public ModelConfig config() {
        return config;
    }

    /**
     * Reads one weight tensor.
     *
     * @throws ModelRejectedException when it is missing, of another shape, or holds a value that is not finite
     */
    public NamedTensor tensor(String name, int... shape) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new ModelRejectedException("Cannot open " + path + ": tensor " + name
                    + " is missing, expected it by config.json; export the model again.");
        }
        NamedTensor tensor = file.read(name, shape);
        for (float value : tensor.values()) {
            if (!Float.isFinite(value)) {
                throw new ModelRejectedException("Cannot open " + path + ": tensor " + name + " holds " + value
                        + ", expected finite weights; take an earlier checkpoint.");
            }
        }
        return tensor;
    }

    /**
     * The largest magnitude among the weights of a directory's safetensors files; infinite when one is NaN or infinite,
     * or when there are no weights, since they cannot be shown to be safe.
     *
     * @throws ModelRejectedException when a file cannot be read as safetensors
     */
    public static double largestMagnitude(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .mapToDouble(file -> SafetensorsFile.open(file).largestMagnitude())
                    .max()
                    .orElse(Double.POSITIVE_INFINITY);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of " + directory + ". Check the folder.", e);
        }
    }

    /** CRC-32C over the bytes of all weight files of a directory, in hex: tells one set of weights from another. */
    public static String checksum(Path path) {
        CRC32C sum = new CRC32C();
        byte[] chunk = new byte[1 << 20];
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                        sum.update(chunk, 0, count);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Long.toHexString(sum.getValue());
    }

    /** Copies tokenizer and generation files of {@code source}, where there are any, over those in {@code target}. */
    public static void copyCompanions(Path source, Path target) {
        try {
            for (String name : COMPANIONS) {
                if (Files.exists(source.resolve(name))) {
                    Files.copy(source.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void openShards(Path index) {
        JsonNode map;
        try {
            map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + index + ": it is not JSON, expected a weight_map; copy it again.", e);
        }
        Map<String, SafetensorsFile> open = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = entry.getValue().asText();
            // a name with a folder could reach files outside the directory
            if (!shard.endsWith(".safetensors") || shard.contains("/") || shard.contains("\\")) {
                throw new ModelRejectedException("Cannot use " + index + ": tensor " + entry.getKey() + " lies in '"
                        + shard + "', expected the plain name of a safetensors file; correct the index.");
            }
            if (!open.containsKey(shard) && !Files.exists(path.resolve(shard))) {
                throw new ModelRejectedException("Cannot open " + path + ": shard " + shard
                        + " is missing, expected it by the index; copy the whole directory.");
            }
            fileOf.put(entry.getKey(), open.computeIfAbsent(shard, name -> SafetensorsFile.open(path.resolve(name))));
        }
    }
}
