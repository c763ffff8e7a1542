package dev.understudy.gate;

/**
 * What a version says about one sequence when the context is given ("teacher forcing"). Arrays are not copied; nobody
 * modifies them.
 *
 * @param right [T] whether its argmax is the label; greedy exact match is the same event as all of them right
 * @param confidence [T] probability of its argmax, in (0, 1]
 * @param labelLogProbability [T] natural-log probability of the label; outside the top 8 the tail is taken as even
 */
public record ForcedScore(boolean[] right, float[] confidence, float[] labelLogProbability) {
    /** Whether every argmax is right: the student alone gives this answer. */
    public boolean exact() {
        throw new UnsupportedOperationException();
    }

    /**
     * The highest difficulty threshold (1 - confidence) under which every wrong token would still have been asked; 1
     * when no token is wrong.
     */
    public double neededPrice() {
        throw new UnsupportedOperationException();
    }

    /** Mean natural-log probability of a label, in nats a token. */
    public double meanLogLikelihood() {
        throw new UnsupportedOperationException();
    }

    /** Whether all figures are finite. */
    public boolean finite() {
        throw new UnsupportedOperationException();
    }
}
