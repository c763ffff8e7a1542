package dev.understudy.infra.cli;

import static java.util.stream.Collectors.joining;

import dev.understudy.infra.bench.SignalBench;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a signal weighs and what its packing loses. */
@Command(
        name = "signal",
        description = "What a stored law of the teacher costs in bytes and in nats, by stored ids and packing.",
        mixinStandardHelpOptions = true)
final class SignalBenchCommand implements Callable<Integer> {
    private final Path home;

    @Option(names = "--model", description = "Student (default: the demo's).")
    private @Nullable Path model;

    @Option(names = "--teacher", description = "Teacher (default: the demo's).")
    private @Nullable Path teacher;

    @Option(
            names = "--prompts",
            defaultValue = "300",
            description = "Answers that are looked at (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Mixin
    private BenchOutput output = new BenchOutput();

    SignalBenchCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() {
        SignalBench.Figures figures = new SignalBench(
                        ShippedModels.student(home, model), ShippedModels.teacher(home, teacher), prompts)
                .run();
        output.print(
                figures,
                all -> all.lines().stream().map(SignalBenchCommand::text).collect(joining(System.lineSeparator())));
        return 0;
    }

    private static String text(SignalBench.Line line) {
        return String.format(
                Locale.ROOT,
                "%2d ids, %-8s %6.1f bytes a position, %.2e nats lost by cutting, %.2e by packing",
                line.stored(),
                line.packing(),
                line.bytesPerPosition(),
                line.lostByCutting(),
                line.lostByPacking());
    }
}
