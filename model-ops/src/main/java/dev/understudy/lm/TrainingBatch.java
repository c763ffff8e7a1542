package dev.understudy.lm;

/**
 * One batch for one optimiser step: sequences, and at N chosen positions the teacher's law of the next token as top-k
 * plus tail bucket. A label is the case K = 1 with log-probability 0 (no tail), so cross-entropy needs no second loss.
 * Arrays are not copied; the caller must not modify them.
 *
 * @param tokens sequences and the N positions
 * @param weights [N] weight of each position, at least 0; the loss is the weighted mean
 * @param topK number K of stored ids a position
 * @param topIds [N, K] token ids, distinct within a position
 * @param topLogProbabilities [N, K] natural-log probabilities of these ids under the teacher
 */
public record TrainingBatch(TokenBatch tokens, float[] weights, int topK, int[] topIds, float[] topLogProbabilities) {
    public TrainingBatch {
        int n = tokens.positions().length;
        if (weights.length != n || topIds.length != n * topK || topLogProbabilities.length != n * topK) {
            throw new IllegalArgumentException("[BUG] training batch with " + n + " positions, " + weights.length
                    + " weights, " + topIds.length + " ids, K " + topK);
        }
    }
}
