package dev.understudy.distil;

/**
 * The learning rate of every step of a training run, a function of the step alone: linear warm-up to the peak, then a
 * decay.
 *
 * @param steps optimiser steps of the whole run, at least 1
 * @param peak highest rate, above 0
 * @param warmUp steps of warm-up, at least 0
 * @param decay how it falls from the peak
 */
public record Schedule(long steps, double peak, long warmUp, Decay decay) {
    public Schedule {
        if (steps < 1 || !(peak > 0) || Double.isInfinite(peak) || warmUp < 0) {
            throw new IllegalArgumentException("Schedule with steps=" + steps + " learning-rate=" + peak + " warm-up="
                    + warmUp + "; expected at least 1, above 0 and at least 0.");
        }
    }

    /** Learning rate of step {@code step} in [0, steps). */
    public double rateAt(long step) {
        if (step < warmUp) {
            return peak * (step + 1) / warmUp;
        }
        return peak * decay.at((double) (step - warmUp) / Math.max(1, steps - warmUp));
    }
}
