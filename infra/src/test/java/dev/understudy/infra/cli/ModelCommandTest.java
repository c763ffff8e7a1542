package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the model commands print, against the numbers of transformers. */
class ModelCommandTest {
    private static final Path HOME = Path.of("..");
    private static final Path FIXTURES = HOME.resolve("model-ops/src/test/resources/fixtures");
    private static final Path CHATML = FIXTURES.resolve("chatml_text_bf16");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    static List<Path> models() throws IOException {
        try (Stream<Path> folders = Files.list(FIXTURES)) {
            return folders.filter(folder -> Files.exists(folder.resolve("config.json")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsAndGreedyTokensAreThoseOfTransformers(Path model) throws IOException {
        JsonNode prompt = JSON.readTree(model.resolve("golden.json").toFile())
                .path("prompts")
                .path(0);
        String ids = text(prompt.path("ids"));

        assertThat(run("model", "logits", model.toString(), "--ids", ids, "--json"))
                .isZero();
        JsonNode logits = JSON.readTree(out.toString());
        assertThat(text(logits.path("ids"))).isEqualTo(ids);
        assertThat(logits.path("logits")).hasSize(prompt.path("ids").size());
        for (int t = 0; t < prompt.path("logits").size(); t++) {
            assertThat(logits.path("logits").path(t))
                    .hasSameSizeAs(prompt.path("logits").path(t));
            for (int v = 0; v < prompt.path("logits").path(t).size(); v++) {
                assertThat(logits.path("logits").path(t).path(v).asDouble())
                        .isCloseTo(prompt.path("logits").path(t).path(v).asDouble(), within(2e-4));
            }
        }

        out.getBuffer().setLength(0);
        int code = run(
                "model",
                "generate",
                model.toString(),
                "--ids",
                ids,
                "--max-tokens",
                "24",
                "--greedy",
                "--ignore-end",
                "--json");
        assertThat(code).isZero();
        JsonNode written = JSON.readTree(out.toString());
        assertThat(text(written.path("ids")))
                .isEqualTo(text(prompt.path("greedy").path("ids")));
        for (int t = 0; t < 24; t++) {
            assertThat(written.path("logProbabilities").path(t).asDouble())
                    .isCloseTo(prompt.path("greedy").path("logprobs").path(t).asDouble(), within(1e-3));
        }
    }

    @Test
    void aTextBecomesTheTextOfTransformers() throws IOException {
        JsonNode text = JSON.readTree(CHATML.resolve("golden.json").toFile())
                .path("texts")
                .path(1);

        int code = run(
                "model",
                "generate",
                CHATML.toString(),
                "--prompt",
                text.path("prompt").asText(),
                "--max-tokens",
                "24",
                "--ignore-end",
                "--json");

        assertThat(code).isZero();
        assertThat(JSON.readTree(out.toString()).path("text").asText())
                .isEqualTo(text.path("completion").asText());
    }

    @Test
    void aStreamedTextIsTheTextOfTheEnd() throws IOException {
        List<String> request = new ArrayList<>(List.of(
                "model",
                "generate",
                CHATML.toString(),
                "--chat",
                "--prompt",
                "<|im_end|> été",
                "--max-tokens",
                "30",
                "--temperature",
                "1.5",
                "--min-p",
                "0.01",
                "--seed",
                "7"));
        assertThat(run(request.toArray(String[]::new))).isZero();
        String streamed = out.toString();
        out.getBuffer().setLength(0);
        request.add("--json");
        assertThat(run(request.toArray(String[]::new))).isZero();

        assertThat(streamed.strip())
                .isNotEmpty()
                .isEqualTo(JSON.readTree(out.toString()).path("text").asText().strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ids 1,2,600|token id 600",
                "--ids 1,x|expected whole numbers",
                "--ids -1|token id -1",
                "--max-tokens 3|neither --ids nor --prompt",
                "--ids 1 --prompt a|both --ids and --prompt",
                "--ids 1 --max-tokens 0|--max-tokens is 0",
                "--ids 1 --max-tokens 256|holds 256 in all",
                "--ids 1 --temperature -1|temperature -1; expected 0 (greedy) or more",
                "--ids 1 --temperature 1 --greedy|--greedy and --temperature",
                "--ids 1 --min-p 2|minP 2; expected 0 (no limit) to 1",
                "--chat --ids 1|--chat needs a message"
            })
    void badRequestsAreOneSentenceAndBadUsage(String options, String message) {
        List<String> arguments = new ArrayList<>(List.of("model", "generate", CHATML.toString()));
        arguments.addAll(List.of(options.split(" ")));

        assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains(message);
    }

    @Test
    void checkSaysWhatADirectoryHolds() {
        assertThat(run("model", "check", CHATML.toString())).isZero();
        assertThat(out.toString()).contains("llama, width 48, 2 layers", "end tokens [2]", "chat template sha256");

        assertThat(run("model", "check", FIXTURES.resolve("qwen3_headdim_bf16").toString()))
                .isZero();
        assertThat(out.toString()).contains("qwen3, width 48", "takes and gives token ids only");
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused(@TempDir Path folder) throws IOException {
        Path model = FIXTURES.resolve("llama_untied_f32");
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(model.resolve(file), folder.resolve(file));
        }
        Files.copy(CHATML.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));

        assertThat(run("model", "check", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("tokenizer.json has 512 tokens and the model 160 rows");
    }

    private static String text(JsonNode ids) {
        return String.join(
                ",",
                StreamSupport.stream(ids.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList());
    }

    private int run(String... arguments) {
        return CommandTree.execute(HOME, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
