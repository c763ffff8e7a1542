package dev.understudy.prompt;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How tokens are chosen and what ends a completion, per prompt.
 *
 * @param warp what is done to the distribution
 * @param seed seed of the counter-based draws
 * @param stopIds token ids that end the completion besides the model's own end token
 * @param stopTexts texts that end the completion; not part of it
 */
public record Sampling(Warp warp, long seed, List<Integer> stopIds, List<String> stopTexts) {
    /** Greedy, no stops besides the model's end token. */
    public static final Sampling GREEDY = new Sampling(Warp.GREEDY, 0, List.of(), List.of());

    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP = 200;

    public Sampling {
        stopIds = List.copyOf(stopIds);
        stopTexts = List.copyOf(stopTexts);
    }

    /** Without min-p, repetition penalty and bias. */
    public Sampling(
            double temperature, int topK, double topP, long seed, List<Integer> stopIds, List<String> stopTexts) {
        this(new Warp(temperature, topK, topP, 0, 1, Map.of()), seed, stopIds, stopTexts);
    }

    /** True when the choice is the argmax of the model's own logits. */
    public boolean isGreedy() {
        return warp.isPlainGreedy();
    }

    /** The first impossible setting: name, found, expected; empty when there is none. */
    public Optional<String> objection() {
        Optional<String> wrong = warp.objection();
        if (wrong.isPresent()) {
            return wrong;
        }
        int stops = Math.max(stopIds.size(), stopTexts.size());
        if (stops > MOST_STOPS) {
            return Optional.of("stops " + stops + "; expected at most " + MOST_STOPS);
        }
        return stopTexts.stream()
                .filter(stop -> stop.isEmpty() || stop.length() > LONGEST_STOP)
                .findFirst()
                .map(stop -> "a stop text of length " + stop.length() + "; expected 1 to " + LONGEST_STOP);
    }
}
