package dev.understudy.decode.ask;

import dev.understudy.lm.Scores;

/**
 * What is known about the rows of one decode step when a policy scores them. The holder is made once and reused, so
 * that a step allocates nothing. Row i of the step is entry i of every array. Owned by the thread that steps the model.
 */
public final class AskStep {
    /** [capacity] uniform in [0, 1), fixed for the position whatever the batch. */
    public final double[] draw;
    /** [capacity] share of teacher tokens that the row's tenant may use, in [0, 1]: the level of the budget. */
    public final double[] level;
    /** [capacity] completion position that is decided, from 0. */
    public final int[] position;
    /**
     * [capacity] natural logarithm of the product of 1 - {@link #doubt} over the row's own tokens so far, at most 0.
     */
    public final double[] survival;
    /**
     * [capacity] out: probability that the student's token is not the teacher's, in [0, 1); only a learned scorer
     * estimates it, 0 by the others.
     */
    public final double[] doubt;

    /**
     * [capacity] natural-log odds of the student's ask token against all other tokens; 0 where its vocabulary has none.
     */
    public final double[] asking;

    private Scores scores;
    private int count;

    /** @param capacity most rows of one step, at least 1 */
    public AskStep(int capacity) {
        draw = new double[capacity];
        level = new double[capacity];
        position = new int[capacity];
        survival = new double[capacity];
        doubt = new double[capacity];
        asking = new double[capacity];
        scores = new Scores(1, 2, 0);
    }

    /** Takes the figures of a step; {@code count} rows of them hold. */
    public void take(Scores figures, int rows) {
        scores = figures;
        count = rows;
    }

    /** The student's figures. */
    public Scores scores() {
        return scores;
    }

    /** Rows of the step. */
    public int count() {
        return count;
    }
}
