package dev.understudy.infra.bench;

import java.util.Arrays;

/** The middle of measurements that a disturbed round must not move. */
final class Medians {
    private Medians() {}

    /** The upper middle one of at least one value. */
    static double of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
