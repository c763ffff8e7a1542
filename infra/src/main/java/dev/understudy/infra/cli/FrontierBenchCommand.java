package dev.understudy.infra.cli;

import dev.understudy.infra.bench.frontier.FrontierReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a token of help is worth under each policy. */
@Command(
        name = "frontier",
        description = {
            "Exact match against teacher share for learned asking and every rival, on the same students, teacher and prompts.",
            "Trains the students that it needs. What was measured stays in --work: a bench that was stopped goes on there."
        },
        mixinStandardHelpOptions = true)
final class FrontierBenchCommand implements Callable<Integer> {
    private final Clock clock;
    private final Path home;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private FrontierOptions options = new FrontierOptions();

    @Mixin
    private BenchOutput output = new BenchOutput();

    FrontierBenchCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        FrontierReport report = options.measure(home, clock, line -> {
            err.println(line);
            err.flush();
        });
        output.print(report, FrontierReport::text);
        return 0;
    }
}
