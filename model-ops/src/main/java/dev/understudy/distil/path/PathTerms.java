package dev.understudy.distil.path;

/**
 * The term that one decision of the factored policy adds to a path residual, in nats, and its slope in the logit of
 * asking.
 *
 * <p>The policy is {@code u = σ(f)} for asking and {@code (1 - u) π_own(a)} for token {@code a}. With the reward
 * {@code r} of a decision and the price λ of an ask,
 *
 * <pre>
 *     ρ(own a) = log p_T(a) - κ log π_own(a) - κ_a log(1 - u)
 *     ρ(ask)   = r - λ - κ_a log u
 * </pre>
 *
 * <p>Liu et al. 2025 (arXiv 2502.17717) state the objective as constrained, entropy-regularised value optimisation
 * solved by path consistency (Nachum et al. 2017, arXiv 1702.08892, equation 15); a separate temperature of the ask
 * decision is ours, {@code kappaAsk = kappa} is the plain method.
 *
 * @param kappa κ, temperature of the own law's entropy, in (0, 10]; 1 makes the optimum the teacher itself
 * @param kappaAsk κ_a, temperature of the ask decision's entropy, in (0, 10]; small values sharpen u
 */
public record PathTerms(double kappa, double kappaAsk) {
    public PathTerms {
        if (!(kappa > 0 && kappa <= 10 && kappaAsk > 0 && kappaAsk <= 10)) {
            throw new IllegalArgumentException("distil.pcl.entropy-temperature is " + kappa
                    + " and distil.pcl.ask-entropy-temperature is " + kappaAsk
                    + "; expected both in (0, 10]. Take 1 and 0.1 when in doubt.");
        }
    }

    /**
     * Term of an own token.
     *
     * @param logTeacher log p_T of the token; its expectation under the own law may stand here together with
     *     {@code logOwn}
     * @param logOwn log π_own of the token
     * @param logit f, the logit of asking at this position
     */
    public double own(double logTeacher, double logOwn, double logit) {
        return logTeacher - kappa * logOwn - kappaAsk * logSigmoid(-logit);
    }

    /** Slope of {@link #own} in the logit of asking: κ_a u. */
    public double ownSlope(double logit) {
        return kappaAsk * sigmoid(logit);
    }

    /**
     * Term of an ask.
     *
     * @param reward r, see {@link AskReward}
     * @param price λ, at least 0
     * @param logit f, the logit of asking at this position
     */
    public double ask(double reward, double price, double logit) {
        return reward - price - kappaAsk * logSigmoid(logit);
    }

    /** Slope of {@link #ask} in the logit of asking: -κ_a (1 - u). */
    public double askSlope(double logit) {
        return -kappaAsk * sigmoid(-logit);
    }

    /**
     * Logit of asking when the serving price is {@code price} in (0, 1): 0.5 leaves it as trained, and the difference
     * is worth {@code kappaAsk * logit(price)} nats on top of λ.
     */
    public static double served(double logit, double price) {
        return logit - Math.log(price / (1 - price));
    }

    /** 1 / (1 + e^-x). */
    public static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** log σ(x), exact for large arguments of either sign. */
    public static double logSigmoid(double x) {
        return x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x));
    }
}
