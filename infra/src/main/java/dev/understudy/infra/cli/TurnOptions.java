package dev.understudy.infra.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Two sides that decode the same prompts with the same model in turn. */
final class TurnOptions {
    @Option(names = "--model", description = "Model directory (default: the demo's student).")
    private @Nullable Path model;

    @Option(names = "--rows", defaultValue = "32", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--prompts",
            defaultValue = "1500",
            description = "Prompts a side and round (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(names = "--rounds", defaultValue = "9", description = "Alternations (default: ${DEFAULT-VALUE}).")
    private int rounds;

    /** @param home folder of the product */
    Path student(Path home) {
        return ShippedModels.student(home, model);
    }

    int rows() {
        return rows;
    }

    int prompts() {
        return prompts;
    }

    int rounds() {
        return rounds;
    }
}
