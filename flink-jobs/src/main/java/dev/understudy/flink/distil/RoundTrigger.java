package dev.understudy.flink.distil;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a round begins; a command begins one at any time.
 *
 * @param minSignals new signals that begin a round, at least 1
 * @param every longest pause between the beginnings of two rounds while there are new signals; zero is no limit
 * @param saveEvery optimiser steps between two saved states of a running round, at least 1
 */
public record RoundTrigger(int minSignals, Duration every, int saveEvery) implements Serializable {
    public RoundTrigger {
        if (minSignals < 1 || saveEvery < 1 || every.isNegative()) {
            throw new IllegalArgumentException("Round trigger with min-signals=" + minSignals + " every=" + every
                    + " save-every=" + saveEvery + "; expected at least 1, not negative, at least 1.");
        }
    }

    /** 240 new signals, no timer, saved every 100 steps. */
    public static RoundTrigger defaults() {
        return new RoundTrigger(240, Duration.ZERO, 100);
    }
}
