package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.Trainer;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models and tokenizers written by the Hugging Face libraries, with the numbers those libraries computed. */
class FixtureTest {
    @ParameterizedTest
    @CsvSource({
        "llama_tied_bf16, config.json",
        "llama_tied_bf16, config.v4.json",
        "llama_untied_f32, config.json",
        "llama_untied_f32, config.v4.json"
    })
    void logitsAndGreedyTextEqualTransformers(String name, String config, @TempDir Path folder) throws IOException {
        Files.copy(fixture(name).resolve("model.safetensors"), folder.resolve("model.safetensors"));
        Files.copy(fixture(name).resolve(config), folder.resolve("config.json"));
        JsonNode prompt = golden(name).path("prompts").path(0);
        checkLogits(folder, prompt);
        try (LanguageModel model = Engine.installed().open(folder, Kernel.FP32);
                KvCache cache = model.newCache(1)) {
            Scores out = new Scores(1, 2, 0);
            model.prefill(cache, new int[] {0}, new int[][] {ints(prompt.path("ids"))}, out);
            for (int expected : ints(prompt.path("greedy").path("ids"))) {
                assertThat(out.argmax[0]).isEqualTo(expected);
                model.step(cache, new int[] {0}, new int[] {expected}, 1, out);
            }
        }
    }

    @Test
    void aModelSavedAgainKeepsItsLogits(@TempDir Path folder) throws IOException {
        try (Trainer trainer = Engine.installed().trainer(fixture("llama_tied_bf16"))) {
            trainer.saveModel(folder, Storage.BF16);
        }
        checkLogits(folder, golden("llama_tied_bf16").path("prompts").path(0));
        assertThat(Files.readString(folder.resolve("config.json"))).contains("\"eos_token_id\" : 2");
    }

    private static void checkLogits(Path folder, JsonNode prompt) {
        int[] ids = ints(prompt.path("ids"));
        try (LanguageModel model = Engine.installed().open(folder, Kernel.FP32)) {
            int vocabulary = model.shape().vocabulary();
            Scores out = new Scores(ids.length, 2, vocabulary);
            int[] positions = IntStream.range(0, ids.length).toArray();
            model.score(new TokenBatch(1, ids.length, ids, positions), out);
            for (int i = 0; i < out.logits.length; i++) {
                double expected = prompt.path("logits")
                        .path(i / vocabulary)
                        .path(i % vocabulary)
                        .asDouble(Double.NaN);
                assertThat((double) out.logits[i]).isCloseTo(expected, within(2e-4));
            }
        }
    }

    @Test
    void idsAndTextEqualTheTokenizersLibrary() throws IOException {
        try (Tokenizer tokenizer = Engine.installed().tokenizer(fixture("tokenizer_chatml512"))) {
            JsonNode encodings = golden("tokenizer_chatml512").path("encodings");
            assertThat(encodings).hasSizeGreaterThan(20);
            for (JsonNode encoding : encodings) {
                int[] ids = ints(encoding.path("ids"));
                assertThat(tokenizer.encode(encoding.path("text").asText())).isEqualTo(ids);
                assertThat(tokenizer.decode(ids))
                        .isEqualTo(encoding.path("decoded_skip_special").asText());
            }
            assertThat(tokenizer.vocabulary().size()).isEqualTo(512);
            assertThat(tokenizer.vocabulary().special("<|im_end|>")).hasValue(2);
        }
    }

    @Test
    void refusesAFolderWithoutATokenizer(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("tokenizer.json");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":0,\"b\":2}}}");
        assertThatThrownBy(() -> Engine.installed().tokenizer(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("id 1 has no token");
    }

    private static Path fixture(String name) {
        return Path.of(URI.create(Objects.requireNonNull(FixtureTest.class.getResource("/fixtures/" + name))
                .toString()));
    }

    private static JsonNode golden(String name) throws IOException {
        return new ObjectMapper().readTree(fixture(name).resolve("golden.json").toFile());
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
