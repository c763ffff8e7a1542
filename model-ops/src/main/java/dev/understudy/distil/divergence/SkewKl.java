package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;

/**
 * {@code KL(p || a p + (1-a) q)}: Ko et al., "DistiLLM" (ICML 2024), section 3.1. At most -ln a; a to 0 is forward KL.
 *
 * @param skew the share a of the teacher in the mixture, in (0, 1)
 */
public record SkewKl(double skew) implements Divergence {
    public SkewKl {
        requireSkew(skew);
    }

    static void requireSkew(double skew) {
        if (!(skew > 0 && skew < 1)) {
            throw new IllegalArgumentException("distil.divergence.skew: " + skew
                    + " is out of range, expected (0, 1); 0.1 is usual, 0 is the plain divergence.");
        }
    }

    @Override
    public String kind() {
        return "skew-kl";
    }

    @Override
    public double parameter() {
        return skew;
    }

    @Override
    public double nats(double[] teacher, double[] student) {
        return LawMixture.kl(teacher, teacher, student, skew);
    }

    @Override
    public double slope(double teacher, double student) {
        return -(1 - skew) * teacher / LawMixture.at(teacher, student, skew);
    }

    @Override
    public TokenLoss loss() {
        return new TokenLoss(new TokenLoss.Term(1, skew), TokenLoss.Term.ABSENT, 1);
    }
}
