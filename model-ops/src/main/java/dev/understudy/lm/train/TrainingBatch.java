package dev.understudy.lm.train;

import dev.understudy.lm.TokenBatch;

/**
 * One batch, or one part of it, for one optimiser step: sequences, and what is known of the next token at N chosen
 * positions. Arrays are not copied; the caller must not modify them.
 *
 * @param tokens sequences and the N positions
 * @param weights [N] weight of each position, at least 0 (0 masks it); the loss is the weighted mean
 * @param targets what is to be learnt at these positions
 */
public record TrainingBatch(TokenBatch tokens, float[] weights, Targets targets) {
    public TrainingBatch {
        int n = tokens.positions().length;
        if (weights.length != n || targets.count() != n) {
            throw new IllegalArgumentException("[BUG] training batch with " + n + " positions, " + weights.length
                    + " weights, " + targets.count() + " targets");
        }
    }
}
