package dev.understudy.infra.cli;

import dev.understudy.infra.bench.SwapBench;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a swap costs those that wait for tokens. */
@Command(
        name = "swap",
        description = {
            "What a swap and a Flink checkpoint cost a busy serving job, in milliseconds: from the visible assignment",
            "to the proven version serving, the pause of running rows, and the wait of barriers at the decode operator."
        },
        mixinStandardHelpOptions = true)
final class SwapBenchCommand implements Callable<Integer> {
    private final Clock clock;
    private final Path home;

    @Option(names = "--model", description = "Model directory (default: the demo's student).")
    private @Nullable Path model;

    @Option(names = "--rows", defaultValue = "32", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--swaps", defaultValue = "9", description = "Versions (default: ${DEFAULT-VALUE}).")
    private int swaps;

    @Mixin
    private BenchOutput output = new BenchOutput();

    SwapBenchCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        output.print(new SwapBench(clock, ShippedModels.student(home, model), rows).run(swaps), SwapBenchCommand::text);
        return 0;
    }

    private static String text(SwapBench.Figures figures) {
        return String.format(
                Locale.ROOT,
                "%d swaps: assigned to serving %.0f ms (worst %.0f), load %.0f ms, pause at most %.0f ms, step %.1f ms;"
                        + " barriers wait %.0f ms (worst %.0f)",
                figures.swaps(),
                figures.assignedToServing(),
                figures.assignedToServingWorst(),
                figures.load(),
                figures.pauseWorst(),
                figures.step(),
                figures.barrierDelay(),
                figures.barrierDelayWorst());
    }
}
