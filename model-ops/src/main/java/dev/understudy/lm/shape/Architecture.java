package dev.understudy.lm.shape;

/**
 * What makes a family's decoder differ from another of the same sizes.
 *
 * @param family names of files and classes, and whether heads are normed
 * @param rotary position embedding
 * @param biases which projections add a bias
 * @param window number of latest positions, its own included, that a token attends to; {@link #WHOLE_CONTEXT} when it
 *     attends to all before it
 */
public record Architecture(Family family, Rotary rotary, Biases biases, int window) {
    /** Window of a decoder that has none. */
    public static final int WHOLE_CONTEXT = Integer.MAX_VALUE;

    public Architecture {
        if (window < 1) {
            throw new IllegalArgumentException(
                    "Attention window is " + window + ", expected at least 1. Correct sliding_window in config.json.");
        }
    }

    /** Llama without biases or scaling. */
    public static Architecture llama(double ropeBase) {
        return new Architecture(Family.LLAMA, Rotary.plain(ropeBase), Biases.NONE, WHOLE_CONTEXT);
    }
}
