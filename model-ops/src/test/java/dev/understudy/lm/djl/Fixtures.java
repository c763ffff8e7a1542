package dev.understudy.lm.djl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Model directories written by the Hugging Face libraries, with the numbers those libraries computed. */
final class Fixtures {
    /** Every model fixture, named after its family and what is particular about it. */
    static final List<String> MODELS = List.of(
            "llama_untied_f32",
            "llama_tied_bf16",
            "llama_rope3_sharded_f32",
            "llama_linear_rope_f32",
            "llama_biases_f16",
            "mistral_f32",
            "mistral_window_f32",
            "qwen2_bias_f16",
            "qwen3_headdim_bf16",
            "chatml_text_bf16");

    private Fixtures() {}

    static Path directory(String name) {
        return Path.of(URI.create(Objects.requireNonNull(Fixtures.class.getResource("/fixtures/" + name))
                .toString()));
    }

    static JsonNode golden(String name) {
        return json(name + "/golden.json");
    }

    static JsonNode json(String file) {
        try {
            return new ObjectMapper().readTree(directory(file).toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Copies a fixture so that {@code config} is its config.json. */
    static Path spelled(String name, String config, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(directory(name))) {
            for (Path file : files.toList()) {
                String target = file.getFileName().toString();
                if (!target.startsWith("config.") && !target.equals("golden.json")) {
                    Files.copy(file, folder.resolve(target));
                }
            }
        }
        Files.copy(directory(name).resolve(config), folder.resolve("config.json"));
        return folder;
    }

    static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
