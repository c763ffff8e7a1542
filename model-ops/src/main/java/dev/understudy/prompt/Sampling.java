package dev.understudy.prompt;

import java.util.List;

/**
 * How tokens are chosen from the distribution, per prompt.
 *
 * @param temperature at least 0; 0 is greedy
 * @param topK only the k most probable tokens; 0 is no limit
 * @param topP smallest set of tokens with at least this mass, in (0, 1]; 1 is no limit
 * @param seed seed of the counter-based draws
 * @param stopIds token ids that end the completion besides the model's own end token
 * @param stopTexts texts that end the completion; not part of it
 */
public record Sampling(
        double temperature, int topK, double topP, long seed, List<Integer> stopIds, List<String> stopTexts) {
    /** Greedy, no stops besides the model's end token. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, List.of(), List.of());

    public Sampling {
        stopIds = List.copyOf(stopIds);
        stopTexts = List.copyOf(stopTexts);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }
}
