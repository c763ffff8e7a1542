package dev.understudy.infra.cli;

import picocli.CommandLine.Option;

/** Two sides that decode the same prompts in turn. */
final class TurnOptions {
    @Option(names = "--rows", defaultValue = "32", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--prompts",
            defaultValue = "1500",
            description = "Prompts a side and round (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(names = "--rounds", defaultValue = "9", description = "Alternations (default: ${DEFAULT-VALUE}).")
    private int rounds;

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
