package dev.understudy.lm.djl;

/** Arrays in the number format of native ids. */
final class Batches {
    private Batches() {}

    static long[] longs(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
