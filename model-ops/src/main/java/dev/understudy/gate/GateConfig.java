package dev.understudy.gate;

import java.io.Serializable;

/**
 * Bounds of the gate.
 *
 * @param targetExactMatch quality at which needed help is measured, in (0, 1]
 * @param helpRise most rise of a workload's needed teacher share, in [0, 1]
 * @param aloneFall most fall of a workload's exact match alone, in [0, 1]
 * @param resamples bootstrap resamples, at least 100
 * @param level two-sided confidence level of the intervals, in (0, 1)
 * @param sliceRows sequences scored in one bounded slice, at least 1
 * @param seed seed of the bootstrap
 */
public record GateConfig(
        double targetExactMatch,
        double helpRise,
        double aloneFall,
        int resamples,
        double level,
        int sliceRows,
        long seed)
        implements Serializable {
    public GateConfig {
        if (!(targetExactMatch > 0 && targetExactMatch <= 1)
                || !(helpRise >= 0 && helpRise <= 1)
                || !(aloneFall >= 0 && aloneFall <= 1)
                || !(level > 0 && level < 1)) {
            throw new IllegalArgumentException("Gate with target=" + targetExactMatch + " help-rise=" + helpRise
                    + " alone-fall=" + aloneFall + " level=" + level + "; all are shares in [0, 1].");
        }
        if (resamples < 100 || sliceRows < 1) {
            throw new IllegalArgumentException("Gate with " + resamples + " resamples and slices of " + sliceRows
                    + " rows; expected at least 100 and 1.");
        }
    }

    /** Help at 95 % exact match, at most 2 points more help, at most 15 points alone, 2000 resamples, 95 %. */
    public static GateConfig defaults() {
        return new GateConfig(0.95, 0.02, 0.15, 2000, 0.95, 32, 9);
    }
}
