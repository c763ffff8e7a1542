package dev.understudy.infra.bench;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ratios of two sides, one a round: median, lowest and highest; all null where there was no other side.
 *
 * @param ratio ours over the other's
 */
public record Ratios(
        @Nullable Double ratio,
        @Nullable Double lowestRatio,
        @Nullable Double highestRatio) {
    static final Ratios NONE = new Ratios(null, null, null);

    /** Of at least one round. */
    static Ratios of(double[] ratios) {
        return new Ratios(
                Medians.of(ratios),
                Arrays.stream(ratios).min().orElseThrow(),
                Arrays.stream(ratios).max().orElseThrow());
    }
}
