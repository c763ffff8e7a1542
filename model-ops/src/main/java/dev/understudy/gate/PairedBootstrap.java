package dev.understudy.gate;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Percentile bootstrap over paired sequences (Efron and Tibshirani 1993, chapter 13): sequences are drawn with
 * replacement, both versions keep their pairing.
 */
final class PairedBootstrap {
    /** A two-sided interval around an estimate. */
    record Interval(double estimate, double low, double high) {}

    private final int resamples;
    private final double level;
    private final long seed;

    PairedBootstrap(GateConfig config) {
        resamples = config.resamples();
        level = config.level();
        seed = config.seed();
    }

    /** Interval of the mean of paired differences. */
    Interval ofMean(double[] differences) {
        return of(differences.length, drawn -> {
            double sum = 0;
            for (int i : drawn) {
                sum += differences[i];
            }
            return sum / drawn.length;
        });
    }

    /** @param statistic of the sequences drawn, by their index */
    Interval of(int sequences, ToDoubleFunction<int[]> statistic) {
        int[] drawn = new int[sequences];
        Arrays.setAll(drawn, i -> i);
        double estimate = statistic.applyAsDouble(drawn);
        Random random = new Random(seed);
        double[] values = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            for (int i = 0; i < sequences; i++) {
                drawn[i] = random.nextInt(sequences);
            }
            values[r] = statistic.applyAsDouble(drawn);
        }
        Arrays.sort(values);
        int cut = (int) Math.floor((1 - level) / 2 * resamples + 1e-9);
        return new Interval(estimate, values[Math.max(0, cut - 1)], values[resamples - 1 - Math.max(0, cut - 1)]);
    }
}
