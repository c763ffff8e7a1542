package dev.understudy.checkpoint;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes probes with one model and asks them to another that should be the same. Make them with {@link Kernel#FP32} from
 * the stored checkpoint, not from the weights in training: storing rounds.
 */
public final class Probes {
    /** More ids than the probe has are looked at, because near-ties change places. */
    private static final int SLACK = 8;
    /**
     * Below this probability half-precision weights move log-probabilities freely without moving any decision; such ids
     * are compared under {@link Kernel#FP32} alone.
     */
    private static final double LEAST_COMPARED = Math.log(1e-3);

    private Probes() {}

    /** Next-token answers of a model to some prompts. */
    public static List<Probe> of(LanguageModel model, List<int[]> prompts, int topK) {
        int k = Math.min(topK, model.shape().vocabulary());
        Scores scores = scores(model, k);
        List<Probe> probes = new ArrayList<>(prompts.size());
        for (int[] prompt : prompts) {
            ask(model, prompt, scores);
            probes.add(
                    new Probe(prompt, Arrays.copyOf(scores.topIds, k), Arrays.copyOf(scores.topLogProbabilities, k)));
        }
        return probes;
    }

    /** What is wrong, in one sentence; empty when every answer is within the kernel's tolerance. */
    public static Optional<String> objection(LanguageModel model, List<Probe> probes, Kernel kernel) {
        int vocabulary = model.shape().vocabulary();
        for (int i = 0; i < probes.size(); i++) {
            Probe probe = probes.get(i);
            for (int id : probe.promptIds()) {
                if (id < 0 || id >= vocabulary) {
                    return Optional.of("probe " + i + " asks about id " + id + ", the model has " + vocabulary);
                }
            }
            Scores scores = scores(model, Math.min(vocabulary, probe.topIds().length + SLACK));
            ask(model, probe.promptIds(), scores);
            for (int k = 0; k < probe.topIds().length; k++) {
                float expected = probe.topLogProbabilities()[k];
                double found = logProbability(scores, probe.topIds()[k]);
                boolean counts = kernel == Kernel.FP32 || expected > LEAST_COMPARED;
                // Negated, so that NaN is an objection.
                if (counts && !(Math.abs(found - expected) <= tolerance(kernel))) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "probe %d gives id %d the log-probability %.5f, expected %.5f within %.3f",
                            i,
                            probe.topIds()[k],
                            found,
                            expected,
                            tolerance(kernel)));
                }
            }
        }
        return Optional.empty();
    }

    /** Largest accepted difference of a log-probability, in nats: 0.001, or 0.05 with half-precision weights. */
    public static double tolerance(Kernel kernel) {
        return kernel == Kernel.FP32 ? 1e-3 : 0.05;
    }

    private static Scores scores(LanguageModel model, int topK) {
        return new Scores(1, Math.max(2, Math.min(topK, model.shape().vocabulary())), 0);
    }

    private static void ask(LanguageModel model, int[] prompt, Scores scores) {
        try (KvCache cache = model.newCache(1)) {
            model.extend(cache, 0, prompt, 1, scores);
        }
    }

    /** Minus infinity when the id is not among the most probable ones at all. */
    private static double logProbability(Scores scores, int id) {
        for (int k = 0; k < scores.topK(); k++) {
            if (scores.topIds[k] == id) {
                return scores.topLogProbabilities[k];
            }
        }
        return Double.NEGATIVE_INFINITY;
    }
}
