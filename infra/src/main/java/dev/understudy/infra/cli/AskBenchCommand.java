package dev.understudy.infra.cli;

import dev.understudy.infra.bench.AskBench;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What help costs while it is not used. */
@Command(
        name = "ask",
        description = {
            "What help costs while it is not used: policy confidence at a price that is never met, against policy never.",
            "Same decoder, model and prompts, in turn."
        },
        mixinStandardHelpOptions = true)
final class AskBenchCommand implements Callable<Integer> {
    private final Clock clock;
    private final Path home;

    @Mixin
    private TurnOptions turns = new TurnOptions();

    @Mixin
    private BenchOutput output = new BenchOutput();

    AskBenchCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Override
    public Integer call() {
        AskBench bench = new AskBench(clock, turns.student(home), turns.rows(), turns.prompts());
        output.print(bench.run(turns.rounds()), AskBenchCommand::text);
        return 0;
    }

    private static String text(AskBench.Figures figures) {
        return String.format(
                Locale.ROOT,
                "never %.0f tokens/s, confidence %.0f tokens/s, ratio %.3f (quartiles %.3f and %.3f of %d rounds),"
                        + " of processor time %.3f",
                figures.neverTokensPerSecond(),
                figures.confidenceTokensPerSecond(),
                figures.ratio(),
                figures.lowerQuartile(),
                figures.upperQuartile(),
                figures.rounds().size(),
                figures.cpuRatio());
    }
}
