package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;

/**
 * {@code KL(q || (1-a) p + a q)}: Ko et al., "DistiLLM" (ICML 2024), section 3.1. At most -ln a; a to 0 is reverse KL.
 *
 * @param skew the share a of the student in the mixture, in (0, 1)
 */
public record SkewReverseKl(double skew) implements Divergence {
    public SkewReverseKl {
        SkewKl.requireSkew(skew);
    }

    @Override
    public String kind() {
        return "skew-reverse-kl";
    }

    @Override
    public double parameter() {
        return skew;
    }

    @Override
    public double nats(double[] teacher, double[] student) {
        return LawMixture.kl(student, teacher, student, 1 - skew);
    }

    @Override
    public double slope(double teacher, double student) {
        double mixture = LawMixture.at(teacher, student, 1 - skew);
        return Math.log(student / mixture) - skew * student / mixture;
    }

    @Override
    public TokenLoss loss() {
        return new TokenLoss(TokenLoss.Term.ABSENT, new TokenLoss.Term(1, 1 - skew), 1);
    }
}
