package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.infra.bench.PipelineBench;
import dev.understudy.infra.bench.PipelineBench.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
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
                            defaultValue = "3000",
                            description = "Prompts a side (default: ${DEFAULT-VALUE}).")
                    int prompts,
            @Option(names = "--rounds", defaultValue = "3", description = "Alternations (default: ${DEFAULT-VALUE}).")
                    int rounds)
            throws IOException, InterruptedException {
        Path directory = model == null ? home.resolve("infra").resolve("models").resolve("student") : model;
        Figures figures = new PipelineBench(clock, directory, rows, prompts).run(rounds);
        spec.commandLine().getOut().println(json ? json(figures) : text(figures));
        return 0;
    }

    private static String json(Figures figures) {
        try {
            return new ObjectMapper().writeValueAsString(figures);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("[BUG] figures are plain numbers", e);
        }
    }

    private static String text(Figures figures) {
        return String.format(
                Locale.ROOT,
                "engine %.0f tokens/s, pipeline %.0f tokens/s, ratio %.3f (lowest %.3f, highest %.3f)",
                figures.engineTokensPerSecond(),
                figures.pipelineTokensPerSecond(),
                figures.ratio(),
                figures.lowestRatio(),
                figures.highestRatio());
    }
}
