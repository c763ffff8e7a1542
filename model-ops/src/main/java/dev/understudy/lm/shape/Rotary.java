package dev.understudy.lm.shape;

/**
 * Rotary position embedding: Su et al., "RoFormer" (2021), section 3.2.2.
 *
 * @param base base of the frequencies (theta), above 0
 * @param scaling change of the frequencies
 */
public record Rotary(double base, RopeScaling scaling) {
    public Rotary {
        if (!(base > 0) || Double.isInfinite(base)) {
            throw new IllegalArgumentException(
                    "Rotary base is " + base + ", expected a positive number. Correct rope_theta in config.json.");
        }
    }

    /** Without scaling. */
    public static Rotary plain(double base) {
        return new Rotary(base, new RopeScaling.None());
    }

    /** Radians a position by which pair {@code pair} (dimensions pair and pair + D/2) of a head turns. */
    public double frequency(int pair, int headSize) {
        return scaling.apply(Math.pow(base, -2.0 * pair / headSize));
    }
}
