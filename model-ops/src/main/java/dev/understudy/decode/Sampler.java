package dev.understudy.decode;

import dev.understudy.prompt.Warp;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one token from logits as a prompt's {@link Warp} says. A draw falls into the cumulative distribution of the
 * tokens that are left, in the order of their ids: rounding moves its borders a little and never swaps two tokens, so
 * that a sequence draws the same alone and in a batch unless a draw hits a border. Not thread safe; owned by the task
 * thread. Allocates nothing after the first call of a size.
 */
final class Sampler {
    private double[] weights = new double[0];
    private long[] order = new long[0];
    private int[] stamps = new int[0];
    private int stamp;

    /**
     * The chosen id.
     *
     * @param logits [at least from + V] unnormalised, natural-log scale
     * @param from offset of the row
     * @param vocabulary V
     * @param written tokens that a repetition penalty counts; null when there are none
     * @param draw uniform in [0, 1); not used by greedy choices
     */
    int choose(float[] logits, int from, int vocabulary, Warp warp, @Nullable Sequence written, double draw) {
        score(logits, from, vocabulary, warp, written, written == null ? 0 : written.length());
        if (warp.temperature() == 0) {
            return best(vocabulary);
        }
        double least = weigh(vocabulary, warp);
        double mass = 0;
        for (int i = 0; i < vocabulary; i++) {
            mass += weights[i] >= least ? weights[i] : 0;
        }
        double target = draw * mass;
        double sum = 0;
        int last = 0;
        for (int i = 0; i < vocabulary; i++) {
            if (weights[i] >= least) {
                sum += weights[i];
                last = i;
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }

    private int best(int vocabulary) {
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            best = weights[i] > weights[best] ? i : best;
        }
        return best;
    }

    /**
     * Probabilities [V] that {@link #choose} draws from; all on one token at temperature 0.
     *
     * @param counted first tokens of {@code written} that a repetition penalty counts
     */
    double[] law(float[] logits, int from, int vocabulary, Warp warp, @Nullable Sequence written, int counted) {
        score(logits, from, vocabulary, warp, written, counted);
        double[] law = new double[vocabulary];
        if (warp.temperature() == 0) {
            law[best(vocabulary)] = 1;
            return law;
        }
        double least = weigh(vocabulary, warp);
        double mass = 0;
        for (int i = 0; i < vocabulary; i++) {
            law[i] = weights[i] >= least ? weights[i] : 0;
            mass += law[i];
        }
        for (int i = 0; i < vocabulary; i++) {
            law[i] /= mass;
        }
        return law;
    }

    /** Logits with bias and penalty, in {@code weights}. */
    private void score(float[] logits, int from, int vocabulary, Warp warp, @Nullable Sequence written, int counted) {
        if (weights.length < vocabulary) {
            weights = new double[vocabulary];
            order = new long[vocabulary];
            stamps = new int[vocabulary];
            stamp = 0;
        }
        for (int i = 0; i < vocabulary; i++) {
            weights[i] = logits[from + i];
        }
        if (!warp.bias().isEmpty()) {
            for (Map.Entry<Integer, Double> bias : warp.bias().entrySet()) {
                int id = bias.getKey();
                if (id >= 0 && id < vocabulary) {
                    weights[id] += bias.getValue();
                }
            }
        }
        if (warp.repetitionPenalty() != 1 && written != null) {
            stamp++;
            for (int t = 0; t < counted; t++) {
                penalise(written.tokenAt(t), vocabulary, warp.repetitionPenalty());
            }
        }
    }

    private void penalise(int id, int vocabulary, double penalty) {
        if (id < vocabulary && stamps[id] != stamp) {
            stamps[id] = stamp;
            weights[id] = weights[id] > 0 ? weights[id] / penalty : weights[id] * penalty;
        }
    }

    /** Turns scores into weights, the largest 1, and returns the least weight of a token that is left. */
    private double weigh(int vocabulary, Warp warp) {
        double top = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            top = Math.max(top, weights[i]);
        }
        double total = 0;
        for (int i = 0; i < vocabulary; i++) {
            weights[i] = Math.exp((weights[i] - top) / warp.temperature());
            total += weights[i];
        }
        boolean cut = warp.topP() < 1 || (warp.topK() > 0 && warp.topK() < vocabulary);
        return Math.max(cut ? border(vocabulary, total, warp) : Double.MIN_VALUE, warp.minP());
    }

    /** Weight of the last token that top-k and top-p leave; its equals are left too. */
    private double border(int vocabulary, double total, Warp warp) {
        int count = candidates(vocabulary, total, warp);
        int limit = warp.topK() == 0 ? count : Math.min(warp.topK(), count);
        while (limit < count && weight(limit) == weight(limit - 1)) {
            limit++;
        }
        // top-p counts what top-k left, renormalised, as in transformers' chain of warpers
        double allowed = total;
        if (warp.topK() > 0) {
            allowed = 0;
            for (int i = 0; i < limit; i++) {
                allowed += weight(i);
            }
        }
        int kept = 0;
        double mass = 0;
        while (kept < limit && (kept == 0 || warp.topP() == 1 || mass < warp.topP() * allowed)) {
            mass += weight(kept++);
        }
        return weight(kept - 1);
    }

    private double weight(int place) {
        return weights[(int) order[place]];
    }

    /**
     * Sorts the most probable tokens by falling weight, no more of them than the cut may need: nearly all of a large
     * vocabulary is far below the border.
     */
    private int candidates(int vocabulary, double total, Warp warp) {
        int count = 0;
        for (double floor = 0x1p-8; ; floor = floor > 0x1p-60 ? floor * 0x1p-8 : 0) {
            count = 0;
            double mass = 0;
            for (int i = 0; i < vocabulary; i++) {
                if (weights[i] >= floor) {
                    // weights are at least 0, so their float bits sort like the values
                    order[count++] = ((long) ~Float.floatToIntBits((float) weights[i]) << 32) | i;
                    mass += weights[i];
                }
            }
            boolean enough = warp.topK() > 0 ? count >= warp.topK() : mass >= warp.topP() * total;
            if (enough || floor == 0) {
                break;
            }
        }
        Arrays.sort(order, 0, count);
        return count;
    }
}
