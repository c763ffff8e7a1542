package dev.understudy.lm.train;

/**
 * Settings of one AdamW step.
 *
 * @param learningRate step size, at least 0
 * @param weightDecay decoupled decay of matrices, at least 0
 * @param gainDecay decoupled decay of norm gains and biases, at least 0; usually 0
 * @param clip largest global gradient norm, above 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 */
public record Hyper(
        double learningRate, double weightDecay, double gainDecay, double clip, double beta1, double beta2) {
    public Hyper {
        if (!(learningRate >= 0) || !(weightDecay >= 0) || !(gainDecay >= 0) || !(clip > 0)) {
            throw new IllegalArgumentException("AdamW step with learning rate " + learningRate + ", weight decay "
                    + weightDecay + " and " + gainDecay + ", clip " + clip
                    + "; expected at least 0, at least 0 twice, above 0.");
        }
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException(
                    "AdamW step with betas " + beta1 + " and " + beta2 + "; expected both in [0, 1).");
        }
    }

    /** The same settings at another rate. */
    public Hyper withLearningRate(double rate) {
        return new Hyper(rate, weightDecay, gainDecay, clip, beta1, beta2);
    }

    /** The settings of the training recipe with the given learning rate. */
    public static Hyper of(double learningRate) {
        return new Hyper(learningRate, 0.01, 0, 1.0, 0.9, 0.98);
    }
}
