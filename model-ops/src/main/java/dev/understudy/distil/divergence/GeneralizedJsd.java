package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;

/**
 * {@code beta KL(p || m) + (1-beta) KL(q || m)} with {@code m = beta p + (1-beta) q}: Agarwal et al., "On-Policy
 * Distillation of Language Models" (ICLR 2024), equation 1. Divided by beta it tends to forward KL for beta to 0,
 * divided by 1 - beta to reverse KL for beta to 1; at most ln 2.
 *
 * @param beta share of the teacher in the mixture, in (0, 1)
 */
public record GeneralizedJsd(double beta) implements Divergence {
    public GeneralizedJsd {
        if (!(beta > 0 && beta < 1)) {
            throw new IllegalArgumentException("distil.divergence.beta: " + beta
                    + " is out of range, expected [0, 1]; 0 is forward KL and 1 reverse KL.");
        }
    }

    @Override
    public String kind() {
        return "generalised-jsd";
    }

    @Override
    public double parameter() {
        return beta;
    }

    @Override
    public double nats(double[] teacher, double[] student) {
        return beta * LawMixture.kl(teacher, teacher, student, beta)
                + (1 - beta) * LawMixture.kl(student, teacher, student, beta);
    }

    // what the mixture adds to both terms sums to a constant
    @Override
    public double slope(double teacher, double student) {
        return (1 - beta) * Math.log(student / LawMixture.at(teacher, student, beta));
    }

    @Override
    public TokenLoss loss() {
        return new TokenLoss(new TokenLoss.Term(beta, beta), new TokenLoss.Term(1 - beta, beta), 1);
    }
}
