package dev.understudy.distil;

/**
 * How far a round is.
 *
 * @param round number of the round
 * @param step optimiser steps taken
 * @param steps optimiser steps planned
 * @param loss smoothed loss in nats a labelled token; NaN before the first step
 */
public record RoundProgress(long round, long step, long steps, double loss) {}
