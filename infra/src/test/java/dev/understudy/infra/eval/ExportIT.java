package dev.understudy.infra.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.ChatMessage;
import dev.understudy.prompt.PromptTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories that were written here load in transformers and give the logits of their originals. The Python
 * interpreter with torch and transformers ({@code infra/python/requirements.txt}) is named by the property
 * {@code understudy.python} or the variable {@code UNDERSTUDY_PYTHON}; without one the test is skipped.
 */
class ExportIT {
    private static final Path FIXTURES = Path.of("..", "model-ops", "src", "test", "resources", "fixtures");
    private static final ObjectMapper JSON = new ObjectMapper();

    static boolean pythonIsNamed() {
        return !python().isEmpty();
    }

    private static String python() {
        String variable = System.getenv("UNDERSTUDY_PYTHON");
        return System.getProperty("understudy.python", variable == null ? "" : variable);
    }

    @Test
    @EnabledIf(
            value = "pythonIsNamed",
            disabledReason = "no Python with torch: name one by -Dunderstudy.python=... or UNDERSTUDY_PYTHON")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void everyFamilyLoadsInTransformersAndGivesTheSameLogits(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>(List.of(python(), "python/check_export.py"));
        List<Path> fixtures = models();
        assertThat(fixtures).hasSize(10);
        for (Path fixture : fixtures) {
            Path out = folder.resolve(fixture.getFileName().toString());
            try (Trainer trainer = Engine.installed().trainer(fixture)) {
                trainer.saveModel(out, storage(fixture));
            }
            command.add(out.toString());
            command.add(fixture.resolve("golden.json").toAbsolutePath().toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (Stream<String> output = process.inputReader(StandardCharsets.UTF_8).lines()) {
            lines = output.toList();
        }
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        List<String> figures =
                lines.stream().filter(line -> line.startsWith("{")).toList();
        assertThat(figures).hasSize(fixtures.size());
        for (String line : figures) {
            check(JSON.readTree(line));
        }
    }

    private static void check(JsonNode found) {
        String name = found.path("directory").asText();
        assertThat(found.path("worstLogit").asDouble()).as(name).isCloseTo(0, within(2e-4));
        assertThat(found.path("greedyEqual").asBoolean()).as(name).isTrue();
        assertThat(found.path("endIds").asInt()).as(name).isEqualTo(2);
        String family = name.substring(0, name.indexOf('_')).replace("chatml", "llama");
        assertThat(found.path("class").asText()).as(name).isEqualToIgnoringCase(family + "ForCausalLM");
        if (found.has("chat")) {
            assertThat(PromptTemplate.read(FIXTURES.resolve(name)).text(List.of(ChatMessage.user("Hello."))))
                    .isEqualTo(found.path("chat").asText());
        }
    }

    /** As the original is stored, so that nothing is rounded. */
    private static Storage storage(Path fixture) {
        String name = fixture.getFileName().toString();
        return name.endsWith("_bf16") ? Storage.BF16 : name.endsWith("_f16") ? Storage.FP16 : Storage.FP32;
    }

    private static List<Path> models() throws IOException {
        try (Stream<Path> folders = Files.list(FIXTURES)) {
            return folders.filter(folder -> Files.exists(folder.resolve("config.json")))
                    .sorted()
                    .toList();
        }
    }
}
