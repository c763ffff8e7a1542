package dev.understudy.checkpoint;

/**
 * A question with its known answer: a loaded checkpoint must say the same before it serves. Arrays are not copied;
 * nobody modifies them.
 *
 * @param promptIds token ids [P], at least one
 * @param topIds [K] most probable next ids, descending
 * @param topLogProbabilities [K] their natural-log probabilities in single precision
 */
public record Probe(int[] promptIds, int[] topIds, float[] topLogProbabilities) {
    public Probe {
        if (promptIds.length == 0 || topIds.length == 0 || topIds.length != topLogProbabilities.length) {
            throw new IllegalArgumentException("[BUG] probe with " + promptIds.length + " prompt ids, " + topIds.length
                    + " ids, " + topLogProbabilities.length + " values");
        }
    }
}
