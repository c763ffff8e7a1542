package dev.understudy.infra.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.infra.demo.DemoOptions.Asking;
import dev.understudy.infra.demo.DemoOptions.Sabotage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short story on the real loop: as it is, and broken in each of its three joints; the demo's own checks must tell.
 */
@Timeout(300)
class SabotageIT {
    private static final int SECONDS = 40;
    private static final Path MODELS = Path.of("models").toAbsolutePath();

    @Test
    void theLoopMovesWhenNothingIsBroken(@TempDir Path work) throws InterruptedException {
        DemoReport report = run(Sabotage.NONE, work);

        assertThat(report.lost()).isZero();
        assertThat(report.duplicated()).isZero();
        assertThat(report.budget().violations()).isZero();
        assertThat(report.checkpoints().published()).isPositive();
        assertThat(report.checkpoints().swapsProven()).isPositive();
        assertThat(report.bothAuthors())
                .as("completions with tokens of both authors")
                .isPositive();
        assertThat(requireNonNull(report.studentAlone().get("log-c2")).start()).isLessThan(0.1);
        assertThat(requireNonNull(report.studentAlone().get("log-c2")).end()).isGreaterThan(0.2);
    }

    @Test
    void withoutTrainingNothingIsPublished(@TempDir Path work) throws InterruptedException {
        DemoReport report = run(Sabotage.NO_TRAINING, work);

        assertThat(broken(report)).contains("checkpoints published", "gain of the student alone on log-c2");
        assertThat(report.lost()).isZero();
    }

    @Test
    void withoutAskingNothingIsLearnt(@TempDir Path work) throws InterruptedException {
        DemoReport report = run(Sabotage.NO_ASKING, work);

        assertThat(broken(report)).contains("checkpoints published", "teacher share of log-c2 at the end");
        assertThat(report.budget().spent()).isZero();
    }

    @Test
    void anIgnoredSwapIsSeen(@TempDir Path work) throws InterruptedException {
        DemoReport report = run(Sabotage.SWAP_IGNORED, work);

        assertThat(report.checkpoints().published()).isPositive();
        assertThat(broken(report)).contains("swaps proven", "teacher share of log-c2 at the end");
    }

    private static DemoReport run(Sabotage sabotage, Path work) throws InterruptedException {
        DemoOptions options = new DemoOptions(
                new DemoOptions.Story(Schedule.brief(SECONDS), SECONDS, 1, 100),
                new DemoOptions.Cast(MODELS.resolve("student"), MODELS.resolve("teacher"), true, Asking.CONFIDENCE),
                work,
                0,
                sabotage);
        return new DemoRun(options, Clock.tickMillis(ZoneOffset.UTC), view -> {}).run();
    }

    private static List<String> broken(DemoReport report) {
        return DemoChecks.judge(report, DemoPromises.BRIEF).stream()
                .filter(check -> !check.holds())
                .map(DemoChecks.Check::name)
                .toList();
    }
}
