package dev.understudy.infra.cli;

import dev.understudy.infra.bench.BenchShape;
import dev.understudy.infra.bench.TrainBench;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast distillation is, against the machine and against Python. */
@Command(
        name = "train",
        description = {
            "Tokens per second of distillation steps, with a live teacher and from its recorded laws, and their share of what this machine allows.",
            "With --python TRL's GKD trainer runs in turn with them: ratios are paired, with median and spread."
        },
        mixinStandardHelpOptions = true)
final class TrainBenchCommand implements Callable<Integer> {
    private final Path home;

    @Option(
            names = "--student",
            defaultValue = "TINY",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private BenchShape student = BenchShape.TINY;

    @Option(
            names = "--teacher",
            defaultValue = "SMALL",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private BenchShape teacher = BenchShape.SMALL;

    @Option(names = "--rows", defaultValue = "8", description = "Sequences a step (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--tokens",
            defaultValue = "128",
            description = "Length of each sequence (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--top-k", defaultValue = "32", description = "Ids of a recorded law (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--teacher-kernel",
            split = ",",
            defaultValue = "AUTO",
            description =
                    "How the teacher's matrices are multiplied, several in turn: any of AUTO, ONEDNN, BF16, FP32 (default: ${DEFAULT-VALUE}: bfloat16 where that is faster and its laws stay within 1e-3 nats, else single precision).")
    private List<Kernel> teacherKernels = List.of();

    @Option(names = "--steps", defaultValue = "8", description = "Steps of a side's turn (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--rounds", defaultValue = "5", description = "Alternations (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--peer",
            split = ",",
            defaultValue = "trl",
            description = "Any of trl, loop (a plain PyTorch loop) (default: ${DEFAULT-VALUE}).")
    private List<String> peers = List.of();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private PythonOption python = new PythonOption();

    @Mixin
    private BenchOutput output = new BenchOutput();

    TrainBenchCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws IOException {
        Engine engine = device.engine();
        String interpreter = python.interpreter();
        TrainBench.Python other = interpreter == null
                ? null
                : new TrainBench.Python(interpreter, PythonOption.script(home, "peer_train.py"), peers);
        try (ScratchFolder models = ScratchFolder.make("bench")) {
            Path learner = models.path().resolve("student");
            Path master = models.path().resolve("teacher");
            student.write(engine, learner);
            teacher.write(engine, master);
            TrainBench.Settings settings = new TrainBench.Settings(rows, tokens, topK, steps, rounds, teacherKernels);
            output.printRows(new TrainBench(engine, learner, master, settings).run(other), TrainBench::text);
        }
        return 0;
    }
}
