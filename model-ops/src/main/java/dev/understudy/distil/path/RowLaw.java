package dev.understudy.distil.path;

/**
 * The factored policy of a student whose vocabulary holds the ask token as its last entry: one softmax over V + 1
 * logits, read as the probability of asking and the own law that is left without it. Arrays are not copied; the caller
 * must not modify them.
 */
public final class RowLaw {
    private final double[] logOwn;
    private final double logit;

    /** @param logits [V + 1], the ask token last, unnormalised, natural-log scale */
    public RowLaw(double[] logits) {
        int vocabulary = logits.length - 1;
        double most = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabulary; v++) {
            most = Math.max(most, logits[v]);
        }
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            sum += Math.exp(logits[v] - most);
        }
        double normaliser = most + Math.log(sum);
        logOwn = new double[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            logOwn[v] = logits[v] - normaliser;
        }
        logit = logits[vocabulary] - normaliser;
    }

    /** f, the logit of asking: the ask token's logit over the log-sum-exp of the others. */
    public double logit() {
        return logit;
    }

    /** log π_own of a token, in nats: given that the student does not ask. */
    public double logOwn(int token) {
        return logOwn[token];
    }

    /**
     * Carries slopes through the softmax: from a slope in {@code log π_own(token)} and one in the logit of asking to
     * slopes in the V + 1 logits.
     */
    public double[] slopes(int token, double slopeOfLogOwn, double slopeOfLogit) {
        double[] slopes = new double[logOwn.length + 1];
        for (int v = 0; v < logOwn.length; v++) {
            double own = Math.exp(logOwn[v]);
            slopes[v] = slopeOfLogOwn * ((v == token ? 1 : 0) - own) - slopeOfLogit * own;
        }
        slopes[logOwn.length] = slopeOfLogit;
        return slopes;
    }
}
