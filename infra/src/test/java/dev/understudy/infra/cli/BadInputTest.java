package dev.understudy.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong ends in one sentence and an exit code. */
class BadInputTest {
    private static final Path HOME = Path.of("..");

    private final StringWriter err = new StringWriter();

    @Test
    void aPortInUseIsOneSentence(@TempDir Path work) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run("demo", "--headless", "--work", work.toString(), "--port", "" + taken.getLocalPort());

            assertThat(code).isEqualTo(1);
            assertThat(err.toString())
                    .hasLineCount(1)
                    .contains("port " + taken.getLocalPort() + " is in use", "choose another port");
        }
    }

    @Test
    void verboseAddsTheStackTrace(@TempDir Path work) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run("--verbose", "demo", "--work", work.toString(), "--port", "" + taken.getLocalPort());

            assertThat(err.toString()).contains("is in use", "at dev.understudy");
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsOneSentence(@TempDir Path work) throws IOException {
        Path file = Files.writeString(work.resolve("file"), "x");

        int code = run("demo", "--work", file.resolve("below").toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("Cannot use " + file, "Check the path");
    }

    @Test
    void aPortThatIsNoneIsBadUsage() {
        assertThat(run("demo", "--port", "70000")).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains("--port is 70000; expected 0 (any free one) to 65535");
    }

    @Test
    void allProblemsOfASettingsFileAreNamedAtOnce(@TempDir Path work) throws IOException {
        Path settings = Files.writeString(work.resolve("serve.yaml"), "decode:\n  rows: none\n  colour: red\n");

        int code = run("serve", "--config", settings.toString());

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("decode.rows", "decode.colour").doesNotContain("\tat ");
    }

    @Test
    void aMissingModelIsOneSentence(@TempDir Path work) {
        int code = run("model", "check", work.resolve("none").toString());

        assertThat(code).isBetween(1, 2);
        assertThat(err.toString()).hasLineCount(1).contains("none").doesNotContain("Exception");
    }

    @Test
    void aRecipeOnADeviceThatIsNotThereIsOneSentence(@TempDir Path work) {
        String tokenizer = Path.of("models", "student").toString();

        int code = run(
                "train",
                "--recipe",
                "student",
                "--tokenizer",
                tokenizer,
                "--out",
                work.toString(),
                "--device",
                "cuda:99");

        assertThat(code).isBetween(1, 2);
        assertThat(err.toString()).hasLineCount(1).contains("Cannot compute on cuda:99", "use --device cpu");
        assertThat(work).isEmptyDirectory();
    }

    private int run(String... arguments) {
        return CommandTree.execute(HOME, new PrintWriter(new StringWriter()), new PrintWriter(err, true), arguments);
    }
}
