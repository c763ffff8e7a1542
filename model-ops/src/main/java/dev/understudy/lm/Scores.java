package dev.understudy.lm;

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
     * @param capacity most rows of one call, at least 1
     * @param topK stored ids a row, at least 2 (the margin needs two)
     * @param vocabulary V when logits are wanted, else 0
     */
    public Scores(int capacity, int topK, int vocabulary) {
        if (capacity < 1 || topK < 2) {
            throw new IllegalArgumentException("[BUG] scores with capacity " + capacity + " and top-k " + topK);
        }
        this.topK = topK;
        argmax = new int[capacity];
        topIds = new int[capacity * topK];
        topLogProbabilities = new float[capacity * topK];
        entropy = new float[capacity];
        logits = new float[capacity * vocabulary];
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

    /** Probability of the most probable id of row {@code i}, in (0, 1]. */
    public double confidence(int i) {
        return Math.exp(topLogProbabilities[i * topK]);
    }
}
