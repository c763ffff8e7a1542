package dev.understudy.lm;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.List;

/**
 * Next-token figures for up to {@code capacity} rows, overwritten by every call that fills them: the holder is made
 * once and reused, so that a decode step allocates nothing. Row i of the call is entry i. Not thread safe; owned by the
 * thread that steps the model.
 */
public final class Scores {
    private final int topK;
    private int count;

    /** [capacity] most probable id. */
    public final int[] argmax;
    /** [capacity, topK] most probable ids, descending. */
    public final int[] topIds;
    /** [capacity, topK] their natural-log probabilities under the raw distribution (temperature 1). */
    public final float[] topLogProbabilities;
    /** [capacity] entropy of the raw distribution in nats. */
    public final float[] entropy;
    /**
     * [capacity, V] unnormalised logits; filled only by calls that say so. Empty when not asked for at construction.
     */
    public final float[] logits;
    /**
     * [capacity, d] last hidden state: what the final norm gives to the output head, so that its product with the head
     * is the logits. Empty when not asked for at construction.
     */
    public final float[] hidden;

    /** What scores may carry besides the figures; each costs a copy out of the engine at every call. */
    public enum Extra {
        /** {@link Scores#logits}. */
        LOGITS,
        /** {@link Scores#hidden}. */
        HIDDEN
    }

    /**
     * @param capacity most rows of one call, at least 1
     * @param topK stored ids a row, at least 2 (the margin needs two)
     * @param vocabulary V when logits are wanted, else 0
     */
    public Scores(int capacity, int topK, int vocabulary) {
        this(capacity, topK, vocabulary, 0);
    }

    private Scores(int capacity, int topK, int vocabulary, int width) {
        if (capacity < 1 || topK < 2) {
            throw new IllegalArgumentException("[BUG] scores with capacity " + capacity + " and top-k " + topK);
        }
        this.topK = topK;
        argmax = new int[capacity];
        topIds = new int[capacity * topK];
        topLogProbabilities = new float[capacity * topK];
        entropy = new float[capacity];
        logits = new float[capacity * vocabulary];
        hidden = new float[capacity * width];
    }

    /**
     * Scores of a model, with extras sized for it.
     *
     * @param capacity most rows of one call, at least 1
     * @param topK stored ids a row, at least 2
     */
    public static Scores of(ModelShape shape, int capacity, int topK, Extra... extras) {
        List<Extra> wanted = Arrays.asList(extras);
        return new Scores(
                capacity,
                topK,
                wanted.contains(Extra.LOGITS) ? shape.vocabulary() : 0,
                wanted.contains(Extra.HIDDEN) ? shape.width() : 0);
    }

    public int capacity() {
        return argmax.length;
    }

    public int topK() {
        return topK;
    }

    /** Rows filled by the last call. */
    public int count() {
        return count;
    }

    /** For engines: says how many rows the arrays now hold. */
    public void filled(int rows) {
        if (rows > capacity()) {
            throw new IllegalArgumentException("[BUG] " + rows + " rows in scores of capacity " + capacity());
        }
        count = rows;
    }

    public boolean wantsLogits() {
        return logits.length > 0;
    }

    public boolean wantsHidden() {
        return hidden.length > 0;
    }

    /** Probability of the most probable id of row {@code i}, in (0, 1]. */
    public double confidence(int i) {
        return Math.exp(topLogProbabilities[i * topK]);
    }
}
