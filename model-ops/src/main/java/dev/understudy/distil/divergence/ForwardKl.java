package dev.understudy.distil.divergence;

import dev.understudy.lm.train.TokenLoss;

/**
 * KL(p || q), mode covering: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), equation
 * 2 without its temperature factor. Gradient by the logits: q - p.
 */
public record ForwardKl() implements Divergence {
    @Override
    public String kind() {
        return "forward-kl";
    }

    @Override
    public double parameter() {
        return 0;
    }

    @Override
    public double nats(double[] teacher, double[] student) {
        return LawMixture.kl(teacher, teacher, student, 0);
    }

    @Override
    public double slope(double teacher, double student) {
        return -teacher / student;
    }

    @Override
    public TokenLoss loss() {
        return TokenLoss.FORWARD_KL;
    }
}
