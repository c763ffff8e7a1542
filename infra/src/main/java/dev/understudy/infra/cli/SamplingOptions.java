package dev.understudy.infra.cli;

import dev.understudy.infra.exit.UsageException;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How tokens are chosen, as options; the default is greedy. */
final class SamplingOptions {
    @Option(names = "--greedy", description = "Always the most probable token; the default.")
    private boolean greedy;

    @Option(
            names = "--temperature",
            defaultValue = "0",
            description = "Divides the logits before a draw; 0 is greedy (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "0", description = "Only the k most probable tokens; 0 is no limit.")
    private int topK;

    @Option(
            names = "--top-p",
            defaultValue = "1",
            description = "Smallest set of tokens with this mass, in (0, 1]; 1 is no limit.")
    private double topP;

    @Option(
            names = "--min-p",
            defaultValue = "0",
            description = "Only tokens this share as probable as the first, in [0, 1]; 0 is no limit.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            defaultValue = "1",
            description = "Makes tokens that are there already less probable; 1 is none.")
    private double repetitionPenalty;

    @Option(names = "--bias", paramLabel = "ID=LOGIT", split = ",", description = "Adds to the logits of tokens.")
    private Map<Integer, Double> bias = Map.of();

    @Option(names = "--seed", defaultValue = "0", description = "Of the draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Text that ends the completion; repeatable.")
    private List<String> stops = List.of();

    @Option(names = "--stop-id", paramLabel = "ID", split = ",", description = "Token ids that end the completion.")
    private List<Integer> stopIds = List.of();

    /** @throws UsageException when a setting is impossible */
    Sampling sampling() {
        if (greedy && temperature != 0) {
            throw new UsageException(
                    "Found --greedy and --temperature " + temperature + "; expected one of them. Leave one out.");
        }
        Sampling sampling =
                new Sampling(new Warp(temperature, topK, topP, minP, repetitionPenalty, bias), seed, stopIds, stops);
        sampling.objection().ifPresent(wrong -> {
            throw new UsageException("Sampling has " + wrong + ". Correct the option.");
        });
        return sampling;
    }
}
