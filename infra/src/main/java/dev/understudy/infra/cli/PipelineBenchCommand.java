package dev.understudy.infra.cli;

import dev.understudy.infra.bench.PipelineBench;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What Kafka and Flink cost. */
@Command(
        name = "pipeline",
        description =
                "Tokens per second through Kafka and Flink against the bare engine, same prompts, same rows, one run.",
        mixinStandardHelpOptions = true)
final class PipelineBenchCommand implements Callable<Integer> {
    private final Clock clock;
    private final Path home;

    @Mixin
    private TurnOptions turns = new TurnOptions();

    @Mixin
    private BenchOutput output = new BenchOutput();

    PipelineBenchCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PipelineBench bench = new PipelineBench(clock, turns.student(home), turns.rows(), turns.prompts());
        output.print(bench.run(turns.rounds()), PipelineBenchCommand::text);
        return 0;
    }

    private static String text(PipelineBench.Figures figures) {
        return String.format(
                Locale.ROOT,
                "engine %.0f tokens/s, pipeline %.0f tokens/s, ratio %.3f (quartiles %.3f and %.3f of %d rounds), %.3f per"
                        + " processor second of the decoding thread",
                figures.engineTokensPerSecond(),
                figures.pipelineTokensPerSecond(),
                figures.ratio(),
                figures.lowerQuartile(),
                figures.upperQuartile(),
                figures.rounds().size(),
                figures.ratioPerCpuSecond());
    }
}
