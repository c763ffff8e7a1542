package dev.understudy.infra.cli;

import dev.understudy.infra.bench.BenchShape;
import dev.understudy.infra.bench.DecodeBench;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast the decoder is, against the machine and against Python. */
@Command(
        name = "decode",
        description = {
            "Tokens per second of the decoder that serves, and its share of what this machine allows.",
            "With --python the peers run in turn with it: ratios are paired, with median and spread."
        },
        mixinStandardHelpOptions = true)
final class DecodeBenchCommand implements Callable<Integer> {
    private final Path home;

    @Option(names = "--model", description = "Model directory; else a shape with random weights.")
    private @Nullable Path model;

    @Option(
            names = "--shape",
            defaultValue = "SMALL",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private BenchShape shape = BenchShape.SMALL;

    @Option(
            names = "--rows",
            split = ",",
            defaultValue = "1,8,32",
            description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> rows = List.of();

    @Option(
            names = "--kernel",
            split = ",",
            defaultValue = "AUTO",
            description = "Any of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<Kernel> kernels = List.of();

    @Option(
            names = "--tokens",
            defaultValue = "64",
            description = "Length of prompts and completions (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--rounds", defaultValue = "5", description = "Alternations (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--peer",
            split = ",",
            defaultValue = "transformers",
            description = "Any of transformers, transformers-fp16, llama.cpp (default: ${DEFAULT-VALUE}).")
    private List<String> peers = List.of();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private PythonOption python = new PythonOption();

    @Mixin
    private BenchOutput output = new BenchOutput();

    DecodeBenchCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws IOException {
        Engine engine = device.engine();
        if (model != null) {
            measure(engine, model);
            return 0;
        }
        try (ScratchFolder models = ScratchFolder.make("bench")) {
            shape.write(engine, models.path());
            measure(engine, models.path());
        }
        return 0;
    }

    private void measure(Engine engine, Path directory) {
        String interpreter = python.interpreter();
        DecodeBench.Python other = interpreter == null
                ? null
                : new DecodeBench.Python(interpreter, PythonOption.script(home, "peer_decode.py"));
        DecodeBench.Settings settings =
                new DecodeBench.Settings(rows, kernels, other == null ? List.of() : peers, tokens, tokens, rounds);
        output.printRows(new DecodeBench(engine, directory, settings).run(other), DecodeBench::text);
    }
}
