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
    public ForcedScore {
        if (right.length == 0 || confidence.length != right.length || labelLogProbability.length != right.length) {
            throw new IllegalArgumentException("[BUG] score with " + right.length + ", " + confidence.length + " and "
                    + labelLogProbability.length + " figures");
        }
    }

    /** Whether every argmax is right: the student alone gives this answer. */
    public boolean exact() {
        return firstWrong() < 0;
    }

    /**
     * The highest difficulty threshold (1 - confidence) under which every wrong token would still have been asked; 1
     * when no token is wrong.
     */
    public double neededPrice() {
        double lowest = 1;
        for (int i = 0; i < right.length; i++) {
            if (!right[i]) {
                lowest = Math.min(lowest, difficulty(i));
            }
        }
        return lowest;
    }

    /** Mean natural-log probability of a label, in nats a token. */
    public double meanLogLikelihood() {
        double sum = 0;
        for (float value : labelLogProbability) {
            sum += value;
        }
        return sum / labelLogProbability.length;
    }

    /** Whether all figures are finite. */
    public boolean finite() {
        for (int i = 0; i < right.length; i++) {
            if (!Float.isFinite(confidence[i]) || !Float.isFinite(labelLogProbability[i])) {
                return false;
            }
        }
        return true;
    }

    /** 1 - confidence of position {@code i}: what is held against the price. */
    double difficulty(int i) {
        return 1 - confidence[i];
    }

    private int firstWrong() {
        for (int i = 0; i < right.length; i++) {
            if (!right[i]) {
                return i;
            }
        }
        return -1;
    }
}
