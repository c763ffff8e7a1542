package dev.understudy.lm;

/**
 * Whole sequences for one forward pass without a cache, and the positions at which the next-token distribution is
 * wanted. Arrays are not copied; the caller must not modify them.
 *
 * @param rows number of sequences B
 * @param time padded length T in tokens
 * @param ids token ids [B, T], row-major; padding (any valid id) only at the end of a row
 * @param positions N flat positions {@code row * T + t}; each asks for the distribution of the token that follows it
 */
public record TokenBatch(int rows, int time, int[] ids, int[] positions) {
    public TokenBatch {
        if (rows < 1 || time < 1 || ids.length != rows * time) {
            throw new IllegalArgumentException(
                    "[BUG] token batch of " + rows + " x " + time + " has " + ids.length + " ids");
        }
    }
}
