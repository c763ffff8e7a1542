package dev.understudy.decode.head;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Ask heads for tests. */
public final class Heads {
    private Heads() {}

    /** A network of random weights. */
    public static AskNetwork random(int inputs, int units, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] scale = new float[inputs];
        Arrays.fill(scale, 1);
        return new AskNetwork(
                floats(random, inputs),
                scale,
                floats(random, inputs * units),
                floats(random, units),
                floats(random, units),
                (float) random.nextDouble());
    }

    /**
     * A network that gives one input's value times {@code slope} plus {@code shift}, nearly: SiLU far from 0 is linear.
     */
    public static AskNetwork linear(int inputs, int input, double slope, double shift) {
        float[] scale = new float[inputs];
        Arrays.fill(scale, 1);
        float[] first = new float[inputs];
        first[input] = (float) slope;
        float far = 1000;
        return new AskNetwork(new float[inputs], scale, first, new float[] {far}, new float[] {1}, (float) shift - far);
    }

    private static float[] floats(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
