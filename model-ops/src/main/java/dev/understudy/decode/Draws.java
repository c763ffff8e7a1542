package dev.understudy.decode;

import dev.understudy.prompt.PromptId;

/**
 * Counter-based randomness of one sequence: a draw is a function of prompt id, seed, position and purpose. Nothing is
 * stored, so a resumed sequence draws what it would have drawn, and the rows of a batch cannot disturb each other.
 *
 * <p>The finaliser is that of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA
 * 2014, figure 16: mix64), applied once a counter field.
 *
 * @param key hash of prompt id and seed
 */
record Draws(long key) {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /** What a draw decides. The numbers enter the hash: they never change, since resumed sequences draw again. */
    enum Purpose {
        SAMPLE(1),
        ASK(2),
        AUDIT(3),
        CANARY(4),
        /** Whether a draft stands. */
        ACCEPT(5),
        /** What is written in place of a draft, or behind the last one. */
        REPLACE(6);

        private final long number;

        Purpose(long number) {
            this.number = number;
        }
    }

    static Draws of(PromptId prompt, long seed) {
        long hash = 0xcbf29ce484222325L;
        String id = prompt.value();
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        return new Draws(mix(mix(hash) ^ seed));
    }

    /** Uniform in [0, 1). */
    double uniform(int position, Purpose purpose) {
        long bits = mix(key + GOLDEN * (position + 1L) ^ mix(GOLDEN * purpose.number));
        return (bits >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
