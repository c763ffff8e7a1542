package dev.understudy.infra.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measures: one subcommand a question. */
@Command(name = "bench", description = "Measures speed, cost and quality.", mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** @param home folder of the product */
    static CommandLine line(Clock clock, Path home) {
        return new CommandLine(new BenchCommand())
                .addSubcommand(new DecodeBenchCommand(home))
                .addSubcommand(new TrainBenchCommand(home))
                .addSubcommand(new PipelineBenchCommand(clock, home))
                .addSubcommand(new SwapBenchCommand(clock, home))
                .addSubcommand(new AskBenchCommand(clock, home))
                .addSubcommand(new FrontierBenchCommand(clock, home))
                .addSubcommand(new SignalBenchCommand(home));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
