package dev.understudy.decode.head;

import dev.understudy.lm.Scores;

/**
 * What the ask head reads at one position: the last hidden state, four figures of the student's own law, and how far
 * the completion has come. The same code fills it in training and in serving, so that the head never meets an input of
 * another kind.
 */
public final class AskInput {
    /** Inputs beside the hidden state. */
    public static final int FIGURES = 5;

    /** Completion tokens that count as one unit of progress. */
    private static final float TOKENS = 25;
    /** ln(1 - p) is cut off where single precision no longer tells p from 1. */
    private static final double SMALLEST_DOUBT = 1e-7;

    private static final double DOUBT_SCALE = 8;

    private AskInput() {}

    /** Inputs for hidden states of width d. */
    public static int width(int hidden) {
        return hidden + FIGURES;
    }

    /**
     * Fills one input.
     *
     * @param scores figures with hidden states [capacity, d] and at least two ids a row
     * @param entry row of the scores
     * @param position completion position that is decided, from 0
     * @param out [d + {@link #FIGURES}] from {@code at} on
     */
    public static void fill(Scores scores, int entry, int position, float[] out, int at) {
        int width = scores.hidden.length / scores.capacity();
        System.arraycopy(scores.hidden, entry * width, out, at, width);
        int top = entry * scores.topK();
        double first = Math.exp(scores.topLogProbabilities[top]);
        double second = Math.exp(scores.topLogProbabilities[top + 1]);
        int next = at + width;
        out[next] = (float) first;
        out[next + 1] = (float) (first - second);
        out[next + 2] = scores.entropy[entry];
        out[next + 3] = (float) (Math.log(Math.max(SMALLEST_DOUBT, 1 - first)) / DOUBT_SCALE);
        out[next + 4] = position / TOKENS;
    }
}
