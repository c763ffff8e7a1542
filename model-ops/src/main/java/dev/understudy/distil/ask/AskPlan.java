package dev.understudy.distil.ask;

import java.io.Serializable;

/**
 * Settings of an ask head's training.
 *
 * @param units hidden units of each network, at least 1
 * @param floor nats of regret above which a token counts as different, above 0: below it the teacher merely words
 *     things otherwise
 * @param epochs passes over the evidence, at least 1
 * @param steps least optimiser steps, at least 1: few sequences are passed more often
 * @param batch sequences of a step, at least 1
 * @param learningRate peak rate of AdamW, above 0; 20 steps of warm-up, cosine to 5 %
 * @param seed of weights and order
 */
public record AskPlan(int units, double floor, int epochs, int steps, int batch, double learningRate, long seed)
        implements Serializable {
    private static final int WARM_UP = 20;
    private static final double LEAST_RATE = 0.05;

    public AskPlan {
        if (units < 1 || epochs < 1 || steps < 1 || batch < 1) {
            throw new IllegalArgumentException("Training of the ask head with units=" + units + " epochs=" + epochs
                    + " steps=" + steps + " batch=" + batch + "; each must be at least 1.");
        }
        if (!(floor > 0 && learningRate > 0)) {
            throw new IllegalArgumentException("Training of the ask head with floor " + floor
                    + " nats and learning rate " + learningRate + "; both must be above 0.");
        }
    }

    /** 64 units, floor 1 nat, 4 epochs or 400 steps of 16 sequences, peak rate 3e-3. */
    public static AskPlan defaults() {
        return new AskPlan(64, 1, 4, 400, 16, 3e-3, 1);
    }

    /** The same with another seed. */
    public AskPlan withSeed(long other) {
        return new AskPlan(units, floor, epochs, steps, batch, learningRate, other);
    }

    /** The same with another floor. */
    public AskPlan withFloor(double other) {
        return new AskPlan(units, other, epochs, steps, batch, learningRate, seed);
    }

    /** Steps that a number of sequences gets. */
    long stepsFor(int sequences) {
        long aPass = (sequences + batch - 1L) / batch;
        return Math.max(steps, epochs * aPass);
    }

    /** Learning rate of step {@code step} of {@code total}. */
    double learningRateAt(long step, long total) {
        if (step < WARM_UP) {
            return learningRate * (step + 1) / WARM_UP;
        }
        double part = (double) (step - WARM_UP) / Math.max(1, total - WARM_UP);
        return learningRate * (LEAST_RATE + (1 - LEAST_RATE) * 0.5 * (1 + Math.cos(Math.PI * part)));
    }
}
