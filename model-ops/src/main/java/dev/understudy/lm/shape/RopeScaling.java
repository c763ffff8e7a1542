package dev.understudy.lm.shape;

/** How rotary frequencies are changed to reach beyond the context of pre-training. */
public sealed interface RopeScaling {
    /** The frequency to use instead of {@code frequency}, both in radians a position. */
    double apply(double frequency);

    /** Frequencies as they are. */
    record None() implements RopeScaling {
        @Override
        public double apply(double frequency) {
            return frequency;
        }
    }

    /**
     * Position interpolation: Chen et al., "Extending Context Window of Large Language Models via Positional
     * Interpolation" (2023), equation 4.
     *
     * @param factor every frequency is divided by it; at least 1
     */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            requireFactor(factor);
        }

        @Override
        public double apply(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Interpolation by parts as Llama 3.1 does it (after Peng et al., "YaRN", 2023, section 3.2): short wavelengths
     * stay, long ones are divided by the factor, those between are mixed linearly in their number of turns.
     *
     * @param factor division of the slow frequencies, at least 1
     * @param lowTurns turns within the original context below which a frequency is slow
     * @param highTurns turns above which it is fast; larger than {@code lowTurns}
     * @param originalContext positions of pre-training, at least 1
     */
    record Llama3(double factor, double lowTurns, double highTurns, int originalContext) implements RopeScaling {
        public Llama3 {
            requireFactor(factor);
            if (!(lowTurns > 0) || !(highTurns > lowTurns) || Double.isInfinite(highTurns) || originalContext < 1) {
                throw new IllegalArgumentException("Rope scaling llama3 has low_freq_factor " + lowTurns
                        + ", high_freq_factor " + highTurns + " and original context " + originalContext
                        + "; expected 0 < low < high and a positive context. Correct config.json.");
            }
        }

        @Override
        public double apply(double frequency) {
            double turns = originalContext * frequency / (2 * Math.PI);
            double kept = Math.min(1, Math.max(0, (turns - lowTurns) / (highTurns - lowTurns)));
            return (1 - kept) * frequency / factor + kept * frequency;
        }
    }

    private static void requireFactor(double factor) {
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException(
                    "Rope scaling has factor " + factor + ", expected a number of at least 1. Correct config.json.");
        }
    }
}
