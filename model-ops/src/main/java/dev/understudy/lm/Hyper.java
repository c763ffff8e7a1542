package dev.understudy.lm;

/**
 * Settings of one AdamW step.
 *
 * @param learningRate step size, at least 0
 * @param weightDecay decoupled decay on matrices, at least 0 (never on norm gains)
 * @param clip largest global gradient norm, above 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 */
public record Hyper(double learningRate, double weightDecay, double clip, double beta1, double beta2) {
    /** The settings of the training recipe with the given learning rate. */
    public static Hyper of(double learningRate) {
        return new Hyper(learningRate, 0.01, 1.0, 0.9, 0.98);
    }
}
