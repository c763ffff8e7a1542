package dev.understudy.lm.train;

/**
 * What one training step did.
 *
 * @param loss weighted mean loss in nats, before the step
 * @param gradientNorm global norm before clipping
 */
public record StepReport(double loss, double gradientNorm) {}
