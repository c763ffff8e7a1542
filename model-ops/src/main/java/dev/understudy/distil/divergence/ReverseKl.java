package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;

/**
 * KL(q || p), mode seeking: Gu et al., "MiniLLM" (2024), equation 1, here a token at a time. It has no bound where the
 * teacher has no mass; a cut law counts its tail as at least 1e-8.
 */
public record ReverseKl() implements Divergence {
    @Override
    public String kind() {
        return "reverse-kl";
    }

    @Override
    public double parameter() {
        return 0;
    }

    @Override
    public double nats(double[] teacher, double[] student) {
        return LawMixture.kl(student, teacher, student, 1);
    }

    @Override
    public double slope(double teacher, double student) {
        return Math.log(student / teacher);
    }

    @Override
    public TokenLoss loss() {
        return new TokenLoss(TokenLoss.Term.ABSENT, new TokenLoss.Term(1, 1), 1);
    }
}
