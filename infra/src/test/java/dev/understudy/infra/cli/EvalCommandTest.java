package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped student and teacher on the student's weakest and best known workloads. */
class EvalCommandTest {
    private static final Path HOME = Path.of("..");
    private static final String STUDENT = HOME.resolve("infra/models/student").toString();
    private static final String TEACHER = HOME.resolve("infra/models/teacher").toString();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpClosesTheGapToTheTeacher() throws IOException {
        int code = run(
                "eval",
                "--model",
                STUDENT,
                "--teacher",
                TEACHER,
                "--workload",
                "ship-c1",
                "--prompts",
                "24",
                "--help-share",
                "0,0.3,1",
                "--json");

        assertThat(code).isZero();
        JsonNode figures = JSON.readTree(out.toString()).path("workloads").path("ship-c1");
        assertThat(figures.path("examples").asInt()).isEqualTo(24);
        assertThat(figures.path("exactMatch").asDouble()).isLessThan(0.1);
        assertThat(figures.path("agreement").asDouble()).isBetween(0.1, 0.95);
        assertThat(figures.path("kl").asDouble()).isGreaterThan(0.1);
        JsonNode points = figures.path("helpShare");
        assertThat(points).hasSize(3);
        assertThat(points.path(0).path("used").asDouble()).isZero();
        assertThat(points.path(0).path("exactMatch").asDouble())
                .isCloseTo(figures.path("exactMatch").asDouble(), within(1e-9));
        assertThat(points.path(1).path("used").asDouble()).isBetween(0.15, 0.45);
        assertThat(points.path(2).path("used").asDouble()).isEqualTo(1);
        assertThat(points.path(2).path("exactMatch").asDouble())
                .isGreaterThan(points.path(1).path("exactMatch").asDouble())
                .isGreaterThan(0.9);
    }

    @Test
    void aModelIsItsOwnNearestTeacher(@TempDir Path folder) throws IOException {
        Path data = Files.writeString(
                folder.resolve("pairs.jsonl"),
                "{\"prompt\":\"order c1 | 2 x\",\"completion\":\"{}\"}\n\n{\"prompt\":\"log <sep>\",\"completion\":\"<eos>\"}\n");

        int code = run("eval", "--model", STUDENT, "--teacher", STUDENT, "--data", data.toString(), "--json");

        assertThat(code).isZero();
        JsonNode figures = JSON.readTree(out.toString());
        assertThat(figures.path("examples").asInt()).isEqualTo(2);
        assertThat(figures.path("agreement").asDouble()).isEqualTo(1);
        assertThat(figures.path("kl").asDouble()).isCloseTo(0, within(1e-6));
        assertThat(figures.path("perplexity").asDouble()).isGreaterThan(1);
    }

    @Test
    void theBarDecidesTheExitCode() {
        int code = run("eval", "--model", TEACHER, "--workload", "log-c1", "--prompts", "20", "--at-least", "0.9");
        assertThat(code).isZero();
        assertThat(out.toString()).contains("log-c1", "exact match", "every exact match is at least 90.0 %");

        assertThat(run("eval", "--model", STUDENT, "--workload", "ship-c1", "--prompts", "5", "--at-least", "0.9"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("below 90.0 % on ship-c1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\":\"a\"}|line 1: a text is missing",
                "nonsense|line 1: it is not JSON",
                "' '|it has no line",
            })
    void badDataIsNamedByItsLine(String line, String message, @TempDir Path folder) throws IOException {
        Path data = Files.writeString(folder.resolve("pairs.jsonl"), line + "\n");

        assertThat(run("eval", "--model", STUDENT, "--data", data.toString())).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains(message);
    }

    @Test
    void aPairBeyondTheContextAndTextThatIsNoUtf8AreNamed(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("pairs.jsonl");
        String pair = "{\"prompt\":\"" + "Q".repeat(300) + "\",\"completion\":\"a\"}\n";
        Files.writeString(data, pair);
        assertThat(run("eval", "--model", STUDENT, "--data", data.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("Cannot score pair 1", "at most 192 together");

        byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
        bytes[15] = (byte) 0xC3;
        Files.write(data, bytes);
        assertThat(run("eval", "--model", STUDENT, "--data", data.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("it is not UTF-8");
    }

    @Test
    void anotherVocabularyIsNoTeacher() {
        Path foreign = HOME.resolve("model-ops/src/test/resources/fixtures/chatml_text_bf16");
        assertThat(run(
                        "eval",
                        "--model",
                        STUDENT,
                        "--teacher",
                        foreign.toString(),
                        "--workload",
                        "log-c1",
                        "--prompts",
                        "2"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("its vocabulary has sha256");
        assertThat(run("eval", "--model", STUDENT, "--help-share", "0.1")).isEqualTo(2);
        assertThat(run("eval", "--workload", "nothing")).isEqualTo(2);
    }

    private int run(String... arguments) {
        return CommandTree.execute(HOME, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
