package dev.understudy.distil;

import java.io.Serializable;

/**
 * Settings of a distillation round.
 *
 * @param steps optimiser steps of a round, at least 1
 * @param batch sequences of a step, at least 1
 * @param learningRate peak learning rate, above 0
 * @param warmUp steps of linear warm-up, at least 0 and below {@code steps}
 * @param replayShare part of the rows drawn from seed pairs, in [0, 1)
 * @param objective what is minimised on the teacher's laws
 * @param seed seed of draws, together with the round's number
 */
public record DistilConfig(
        int steps, int batch, double learningRate, int warmUp, double replayShare, Objective objective, long seed)
        implements Serializable {
    public DistilConfig {
        if (steps < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "Round with steps=" + steps + " batch=" + batch + "; each must be at least 1.");
        }
        if (!(learningRate > 0) || warmUp < 0 || warmUp >= steps || !(replayShare >= 0 && replayShare < 1)) {
            throw new IllegalArgumentException("Round with learning rate " + learningRate + ", warm-up " + warmUp
                    + " of " + steps + " steps, replay share " + replayShare
                    + "; expected above 0, below the steps, in [0, 1).");
        }
    }

    /** 400 steps of 16 rows, peak 7e-4 after 20 steps, 60 % replay, forward KL on the top 8. */
    public static DistilConfig defaults() {
        return new DistilConfig(400, 16, 7e-4, 20, 0.6, Objective.forwardKl(8), 1);
    }

    /**
     * Learning rate of step {@code step} in [0, steps): linear warm-up, constant to half, linear to 5 % of the peak.
     */
    public double learningRateAt(long step) {
        double done = (double) step / steps;
        double warm = warmUp == 0 ? 1 : Math.min(1, (step + 1.0) / warmUp);
        double decay = done < 0.5 ? 1 : Math.max(0.05, 2 * (1 - done));
        return learningRate * warm * decay;
    }
}
