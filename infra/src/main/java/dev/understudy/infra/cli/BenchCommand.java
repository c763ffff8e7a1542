package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.infra.bench.AskBench;
import dev.understudy.infra.bench.BenchShape;
import dev.understudy.infra.bench.DecodeBench;
import dev.understudy.infra.bench.PipelineBench;
import dev.understudy.infra.bench.PipelineBench.Figures;
import dev.understudy.infra.bench.SignalBench;
import dev.understudy.infra.bench.SwapBench;
import dev.understudy.infra.bench.TrainBench;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures. */
@Command(name = "bench", description = "Measures speed.", mixinStandardHelpOptions = true)
final class BenchCommand {
    private final Clock clock;
    private final Path home;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    BenchCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Command(
            name = "pipeline",
            description =
                    "Tokens per second through Kafka and Flink against the bare engine, same prompts, same rows, one run.",
            mixinStandardHelpOptions = true)
    int pipeline(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(names = "--model", description = "Model directory (default: the demo's student).") @Nullable Path model,
            @Option(
                            names = "--rows",
                            defaultValue = "32",
                            description = "Sequences at once (default: ${DEFAULT-VALUE}).")
                    int rows,
            @Option(
                            names = "--prompts",
                            defaultValue = "1500",
                            description = "Prompts a side and round (default: ${DEFAULT-VALUE}).")
                    int prompts,
            @Option(names = "--rounds", defaultValue = "9", description = "Alternations (default: ${DEFAULT-VALUE}).")
                    int rounds)
            throws IOException, InterruptedException {
        Figures figures = new PipelineBench(clock, student(model), rows, prompts).run(rounds);
        spec.commandLine().getOut().println(json ? json(figures) : text(figures));
        return 0;
    }

    @Command(
            name = "swap",
            description = {
                "What a swap and a Flink checkpoint cost a busy serving job, in milliseconds: from the visible assignment",
                "to the proven version serving, the pause of running rows, and the wait of barriers at the decode operator."
            },
            mixinStandardHelpOptions = true)
    int swap(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(names = "--model", description = "Model directory (default: the demo's student).") @Nullable Path model,
            @Option(
                            names = "--rows",
                            defaultValue = "32",
                            description = "Sequences at once (default: ${DEFAULT-VALUE}).")
                    int rows,
            @Option(names = "--swaps", defaultValue = "9", description = "Versions (default: ${DEFAULT-VALUE}).")
                    int swaps)
            throws IOException, InterruptedException {
        SwapBench.Figures figures = new SwapBench(clock, student(model), rows).run(swaps);
        spec.commandLine().getOut().println(json ? json(figures) : text(figures));
        return 0;
    }

    @Command(
            name = "signal",
            description = "What a stored law of the teacher costs in bytes and in nats, by stored ids and packing.",
            mixinStandardHelpOptions = true)
    int signal(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(names = "--model", description = "Student (default: the demo's).") @Nullable Path model,
            @Option(names = "--teacher", description = "Teacher (default: the demo's).") @Nullable Path teacher,
            @Option(
                            names = "--prompts",
                            defaultValue = "300",
                            description = "Answers that are looked at (default: ${DEFAULT-VALUE}).")
                    int prompts) {
        Path other = teacher == null ? home.resolve("infra").resolve("models").resolve("teacher") : teacher;
        SignalBench.Figures figures = new SignalBench(student(model), other, prompts).run();
        if (json) {
            spec.commandLine().getOut().println(json(figures));
        } else {
            figures.lines().forEach(line -> spec.commandLine().getOut().println(text(line)));
        }
        return 0;
    }

    private Path student(@Nullable Path model) {
        return model == null ? home.resolve("infra").resolve("models").resolve("student") : model;
    }

    @Command(
            name = "ask",
            description = {
                "What help costs while it is not used: policy confidence at a price that is never met, against policy never.",
                "Same decoder, model and prompts, in turn."
            },
            mixinStandardHelpOptions = true)
    int ask(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(names = "--model", description = "Model directory (default: the demo's student).") @Nullable Path model,
            @Option(
                            names = "--rows",
                            defaultValue = "32",
                            description = "Sequences at once (default: ${DEFAULT-VALUE}).")
                    int rows,
            @Option(
                            names = "--prompts",
                            defaultValue = "1500",
                            description = "Prompts a side and round (default: ${DEFAULT-VALUE}).")
                    int prompts,
            @Option(names = "--rounds", defaultValue = "9", description = "Alternations (default: ${DEFAULT-VALUE}).")
                    int rounds) {
        AskBench.Figures figures = new AskBench(clock, student(model), rows, prompts).run(rounds);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? json(figures)
                                : String.format(
                                        Locale.ROOT,
                                        "never %.0f tokens/s, confidence %.0f tokens/s, ratio %.3f (quartiles %.3f and %.3f of %d rounds), of processor time %.3f",
                                        figures.neverTokensPerSecond(),
                                        figures.confidenceTokensPerSecond(),
                                        figures.ratio(),
                                        figures.lowerQuartile(),
                                        figures.upperQuartile(),
                                        figures.rounds().size(),
                                        figures.cpuRatio()));
        return 0;
    }

    @Command(
            name = "decode",
            description = {
                "Tokens per second of the decoder that serves, and its share of what this machine allows.",
                "With --python the peers run in turn with it: ratios are paired, with median and spread."
            },
            mixinStandardHelpOptions = true)
    int decode(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(names = "--model", description = "Model directory; else a shape with random weights.") @Nullable Path model,
            @Option(
                            names = "--shape",
                            defaultValue = "SMALL",
                            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
                    BenchShape shape,
            @Option(
                            names = "--rows",
                            split = ",",
                            defaultValue = "1,8,32",
                            description = "Sequences at once (default: ${DEFAULT-VALUE}).")
                    List<Integer> rows,
            @Option(
                            names = "--kernel",
                            split = ",",
                            defaultValue = "FP16",
                            description = "Any of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
                    List<Kernel> kernels,
            @Option(
                            names = "--tokens",
                            defaultValue = "64",
                            description = "Length of prompts and completions (default: ${DEFAULT-VALUE}).")
                    int tokens,
            @Option(names = "--rounds", defaultValue = "5", description = "Alternations (default: ${DEFAULT-VALUE}).")
                    int rounds,
            @CommandLine.Mixin DeviceOption device,
            @CommandLine.Mixin PythonOptions python)
            throws IOException {
        Engine engine = device.engine();
        Path directory = model;
        if (directory == null) {
            directory = Files.createTempDirectory("understudy-bench-");
            shape.write(engine, directory);
        }
        DecodeBench.Python other = python.side(home);
        List<String> peers = other == null ? List.of() : python.peers;
        List<DecodeBench.Line> lines = new DecodeBench(
                        engine, directory, new DecodeBench.Settings(rows, kernels, peers, tokens, tokens, rounds))
                .run(other);
        if (json) {
            spec.commandLine().getOut().println(json(Map.of("rows", lines)));
        } else {
            lines.forEach(line -> spec.commandLine().getOut().println(text(line)));
        }
        return 0;
    }

    @Command(
            name = "train",
            description = {
                "Tokens per second of distillation steps, with a live teacher and from its recorded laws, and their share of what this machine allows.",
                "With --python TRL's GKD trainer runs in turn with them: ratios are paired, with median and spread."
            },
            mixinStandardHelpOptions = true)
    int train(
            @Option(names = "--json", description = "Prints JSON.") boolean json,
            @Option(
                            names = "--student",
                            defaultValue = "TINY",
                            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
                    BenchShape student,
            @Option(
                            names = "--teacher",
                            defaultValue = "SMALL",
                            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
                    BenchShape teacher,
            @Option(names = "--rows", defaultValue = "8", description = "Sequences a step (default: ${DEFAULT-VALUE}).")
                    int rows,
            @Option(
                            names = "--tokens",
                            defaultValue = "128",
                            description = "Length of each sequence (default: ${DEFAULT-VALUE}).")
                    int tokens,
            @Option(
                            names = "--top-k",
                            defaultValue = "32",
                            description = "Ids of a recorded law (default: ${DEFAULT-VALUE}).")
                    int topK,
            @Option(
                            names = "--steps",
                            defaultValue = "8",
                            description = "Steps of a side's turn (default: ${DEFAULT-VALUE}).")
                    int steps,
            @Option(names = "--rounds", defaultValue = "5", description = "Alternations (default: ${DEFAULT-VALUE}).")
                    int rounds,
            @CommandLine.Mixin DeviceOption device,
            @CommandLine.Mixin TrainPythonOptions python)
            throws IOException {
        Engine engine = device.engine();
        Path models = Files.createTempDirectory("understudy-bench-");
        student.write(engine, models.resolve("student"));
        teacher.write(engine, models.resolve("teacher"));
        TrainBench bench = new TrainBench(
                engine,
                models.resolve("student"),
                models.resolve("teacher"),
                new TrainBench.Settings(rows, tokens, topK, steps, rounds));
        List<TrainBench.Line> lines = bench.run(python.side(home));
        if (json) {
            spec.commandLine().getOut().println(json(Map.of("rows", lines)));
        } else {
            lines.forEach(line -> spec.commandLine().getOut().println(TrainBench.text(line)));
        }
        return 0;
    }

    /** The other side of the training comparison. */
    static final class TrainPythonOptions {
        @Option(
                names = "--python",
                arity = "0..1",
                fallbackValue = "python3",
                paramLabel = "INTERPRETER",
                description = {
                    "Runs Python peers in turn with ours, by an interpreter that has infra/python/requirements.txt",
                    "installed (${FALLBACK-VALUE} when none is named)."
                })
        private @Nullable String interpreter;

        @Option(
                names = "--peer",
                split = ",",
                defaultValue = "trl",
                description = "Any of trl, loop (a plain PyTorch loop) (default: ${DEFAULT-VALUE}).")
        private List<String> peers = List.of();

        private TrainBench.@Nullable Python side(Path home) {
            Path script = home.resolve("infra").resolve("python").resolve("peer_train.py");
            return interpreter == null ? null : new TrainBench.Python(interpreter, script, peers);
        }
    }

    /** The other side of a comparison. */
    static final class PythonOptions {
        @Option(
                names = "--python",
                arity = "0..1",
                fallbackValue = "python3",
                paramLabel = "INTERPRETER",
                description = {
                    "Runs Python peers in turn with ours, by an interpreter that has infra/python/requirements.txt",
                    "installed (${FALLBACK-VALUE} when none is named)."
                })
        private @Nullable String interpreter;

        @Option(
                names = "--peer",
                split = ",",
                defaultValue = "transformers",
                description = "Any of transformers, transformers-fp16, llama.cpp (default: ${DEFAULT-VALUE}).")
        private List<String> peers = List.of();

        private DecodeBench.@Nullable Python side(Path home) {
            Path script = home.resolve("infra").resolve("python").resolve("peer_decode.py");
            return interpreter == null ? null : new DecodeBench.Python(interpreter, script);
        }
    }

    private static String text(DecodeBench.Line line) {
        String own = String.format(
                Locale.ROOT,
                "%2d rows, %-11s %8.0f tokens/s, %2.0f %% of the roofline",
                line.rows(),
                line.kernel(),
                line.tokensPerSecond(),
                100 * line.rooflineShare());
        return line.peer() == null
                ? own
                : own
                        + String.format(
                                Locale.ROOT,
                                "; %s %.0f tokens/s, ratio %.2f (%.2f to %.2f), %.2f by processor time, share of equal tokens %.3f",
                                line.peer(),
                                line.pythonTokensPerSecond(),
                                line.ratio(),
                                line.lowestRatio(),
                                line.highestRatio(),
                                line.cpuRatio(),
                                line.sameTokens());
    }

    private static String json(Object figures) {
        try {
            return new ObjectMapper().writeValueAsString(figures);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("[BUG] figures are plain numbers", e);
        }
    }

    private static String text(Figures figures) {
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
