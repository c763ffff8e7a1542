package dev.understudy.infra.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.infra.demo.DemoOptions.Asking;
import dev.understudy.infra.demo.DemoOptions.Sabotage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short story by learned asking on the real loop: a first head before the traffic, another with the next version.
 */
@Timeout(300)
class LearnedDemoIT {
    private static final int SECONDS = 40;
    private static final Path MODELS = Path.of("models").toAbsolutePath();

    @Test
    void aVersionThatAsksByItsHeadLearnsOneForTheNext(@TempDir Path work) throws IOException, InterruptedException {
        Clock clock = Clock.tickMillis(ZoneOffset.UTC);
        DemoOptions options = new DemoOptions(
                new DemoOptions.Story(Schedule.brief(SECONDS), SECONDS, 1, 100),
                new DemoOptions.Cast(MODELS.resolve("student"), MODELS.resolve("teacher"), false, Asking.ASK_TOKEN),
                work,
                0,
                Sabotage.NONE);

        DemoOptions taught = new FirstHead(options, clock, new PrintWriter(new StringWriter())).learn();
        DemoReport report = new DemoRun(taught, clock, view -> {}).run();

        assertThat(report.lost()).isZero();
        assertThat(report.duplicated()).isZero();
        assertThat(report.budget().violations()).isZero();
        assertThat(report.bothAuthors())
                .as("completions with tokens of both authors")
                .isPositive();
        assertThat(report.checkpoints().swapsProven()).isPositive();
        assertThat(heads(taught.cast().student())).hasSize(1);
        assertThat(heads(new DemoFiles(work).store().resolve("checkpoints")))
                .as("heads of published versions")
                .hasSize((int) report.checkpoints().published());
    }

    private static List<Path> heads(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith(AskHeadFile.NAME)).toList();
        }
    }
}
