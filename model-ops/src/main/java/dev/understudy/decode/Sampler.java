package dev.understudy.decode;

import dev.understudy.prompt.Sampling;
import java.util.Arrays;

/** Draws one token from logits as a prompt's sampling says. Not thread safe; owned by the task thread. */
final class Sampler {
    private double[] weights = new double[0];
    private long[] order = new long[0];

    /**
     * Draws by the inverse of the cumulative distribution.
     *
     * @param logits [at least from + V] unnormalised, natural-log scale
     * @param from offset of the row
     * @param vocabulary V
     * @param sampling temperature above 0
     * @param draw uniform in [0, 1)
     * @return the id whose interval of the cumulative distribution holds the draw
     */
    int sample(float[] logits, int from, int vocabulary, Sampling sampling, double draw) {
        if (weights.length < vocabulary) {
            weights = new double[vocabulary];
            order = new long[vocabulary];
        }
        double top = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            top = Math.max(top, logits[from + i]);
        }
        double total = 0;
        for (int i = 0; i < vocabulary; i++) {
            weights[i] = Math.exp((logits[from + i] - top) / sampling.temperature());
            total += weights[i];
        }
        if (sampling.topK() == 0 && sampling.topP() >= 1) {
            return pickById(vocabulary, draw * total);
        }
        return pickFromNucleus(vocabulary, total, sampling, draw);
    }

    private int pickById(int vocabulary, double target) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < vocabulary; i++) {
            if (weights[i] > 0) {
                sum += weights[i];
                last = i;
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }

    private int pickFromNucleus(int vocabulary, double total, Sampling sampling, double draw) {
        // Weights are at least 0, so their float bits sort like the values; the id breaks ties, smallest first.
        for (int i = 0; i < vocabulary; i++) {
            order[i] = ((long) ~Float.floatToIntBits((float) weights[i]) << 32) | i;
        }
        Arrays.sort(order, 0, vocabulary);
        int limit = sampling.topK() == 0 ? vocabulary : Math.min(sampling.topK(), vocabulary);
        int kept = 0;
        double mass = 0;
        double allowed = 0;
        for (int i = 0; i < limit; i++) {
            allowed += weights[(int) order[i]];
        }
        // top-p applies to what top-k left, renormalised, as in transformers' chain of warpers.
        while (kept < limit && (kept == 0 || mass < sampling.topP() * Math.min(allowed, total))) {
            mass += weights[(int) order[kept++]];
        }
        double target = draw * mass;
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += weights[(int) order[i]];
            if (sum > target) {
                return (int) order[i];
            }
        }
        return (int) order[kept - 1];
    }
}
