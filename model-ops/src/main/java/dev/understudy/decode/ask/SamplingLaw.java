package dev.understudy.decode.ask;

import dev.understudy.prompt.Sampling;
import java.util.Arrays;

/** The law that a prompt's settings make of logits: temperature, then top-k, then top-p, as in transformers' chain. */
public final class SamplingLaw {
    private SamplingLaw() {}

    /**
     * The law.
     *
     * @param logits [V] unnormalised, natural-log scale
     * @param sampling temperature above 0
     * @return [V] probabilities that add up to 1
     */
    public static double[] of(float[] logits, Sampling sampling) {
        double top = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            top = Math.max(top, logit);
        }
        double[] law = new double[logits.length];
        for (int i = 0; i < law.length; i++) {
            law[i] = Math.exp((logits[i] - top) / sampling.temperature());
        }
        if (sampling.topK() > 0 || sampling.topP() < 1) {
            keepNucleus(law, sampling);
        }
        double total = Arrays.stream(law).sum();
        for (int i = 0; i < law.length; i++) {
            law[i] /= total;
        }
        return law;
    }

    private static void keepNucleus(double[] law, Sampling sampling) {
        // Weights are at least 0, so their float bits sort like the values; the id breaks ties, smallest first.
        long[] order = new long[law.length];
        for (int i = 0; i < law.length; i++) {
            order[i] = ((long) ~Float.floatToIntBits((float) law[i]) << 32) | i;
        }
        Arrays.sort(order);
        int limit = sampling.topK() == 0 ? law.length : Math.min(sampling.topK(), law.length);
        double allowed = 0;
        for (int i = 0; i < limit; i++) {
            allowed += law[(int) order[i]];
        }
        double mass = 0;
        for (int i = 0; i < law.length; i++) {
            int id = (int) order[i];
            boolean kept = i < limit && (i == 0 || mass < sampling.topP() * allowed);
            mass += law[id];
            if (!kept) {
                law[id] = 0;
            }
        }
    }

    /**
     * Draws by the inverse of the cumulative distribution, in the order of ids.
     *
     * @param law [V] probabilities
     * @param draw uniform in [0, 1)
     */
    public static int draw(double[] law, double draw) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < law.length; i++) {
            if (law[i] > 0) {
                sum += law[i];
                last = i;
                if (sum > draw) {
                    return i;
                }
            }
        }
        return last;
    }
}
