package dev.understudy.lm;

import dev.understudy.lm.shape.ModelShape;

/**
 * An autoregressive decoder with fixed weights: token ids in, next-token figures out. Confined to one thread at a time;
 * whoever opened it closes it. Log-probabilities are natural logarithms of the raw softmax.
 */
public interface LanguageModel extends AutoCloseable {
    ModelShape shape();

    /** What multiplies its matrices; never {@link Kernel#AUTO}. */
    default Kernel kernel() {
        return Kernel.FP32;
    }

    /** A cache for {@code rows} sequences of at most {@code shape().context()} tokens each; the caller closes it. */
    KvCache newCache(int rows);

    /**
     * One decode step: appends one token to each of {@code count} rows, which may stand at different positions.
     *
     * @param rows [count] distinct cache rows, each with at least 0 tokens
     * @param ids [count] the token appended to each
     * @param out entry i describes the token that follows row {@code rows[i]}
     * @throws IllegalArgumentException when a row is full or an id is outside [0, V)
     */
    void step(KvCache cache, int[] rows, int[] ids, int count, Scores out);

    /**
     * Appends a block of tokens to one row (prefill, a teacher's catch-up block).
     *
     * @param ids at least one token
     * @param keep the last {@code keep} positions of the block are reported, in order; at least 1
     * @param out entry i describes the token that follows block position {@code ids.length - keep + i}
     */
    void extend(KvCache cache, int row, int[] ids, int keep, Scores out);

    /**
     * Appends one block to each of several empty rows at once (prefill of a burst); only the distribution after the
     * last token of each is reported.
     *
     * @param rows distinct empty rows
     * @param ids one non-empty block a row
     */
    void prefill(KvCache cache, int[] rows, int[][] ids, Scores out);

    /**
     * One forward pass over whole sequences without a cache; entry i describes the token after
     * {@code batch.positions()[i]}.
     */
    void score(TokenBatch batch, Scores out);

    @Override
    void close();
}
