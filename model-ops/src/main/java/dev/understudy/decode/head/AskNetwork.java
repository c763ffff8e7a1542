package dev.understudy.decode.head;

/**
 * A network of one hidden layer: standardised inputs, {@code H} SiLU units, one number out. Immutable; arrays are not
 * copied and nobody modifies them. Plain Java, because thirteen thousand weights cost less than one crossing into
 * native code.
 *
 * @param mean [N] of each input
 * @param scale [N] one over its standard deviation
 * @param first [N, H] weights of the first layer, input by input, so that the loop over units is the inner one
 * @param firstBias [H]
 * @param second [H] weights of the second layer
 * @param secondBias of the output
 */
public record AskNetwork(
        float[] mean, float[] scale, float[] first, float[] firstBias, float[] second, float secondBias) {
    public AskNetwork {
        int inputs = mean.length;
        int units = firstBias.length;
        if (scale.length != inputs || first.length != inputs * units || second.length != units) {
            throw new IllegalArgumentException("[BUG] ask network of " + inputs + " and " + scale.length + " inputs, "
                    + first.length + " weights, " + units + " and " + second.length + " units");
        }
    }

    /** N. */
    public int inputs() {
        return mean.length;
    }

    /** H. */
    public int units() {
        return firstBias.length;
    }

    /**
     * The output for one input.
     *
     * @param input [N] from {@code at} on
     * @param work [at least H] overwritten
     */
    public float of(float[] input, int at, float[] work) {
        int units = firstBias.length;
        System.arraycopy(firstBias, 0, work, 0, units);
        for (int i = 0; i < mean.length; i++) {
            float x = (input[at + i] - mean[i]) * scale[i];
            int row = i * units;
            for (int h = 0; h < units; h++) {
                work[h] += x * first[row + h];
            }
        }
        float sum = secondBias;
        for (int h = 0; h < units; h++) {
            sum += second[h] * silu(work[h]);
        }
        return sum;
    }

    /** x σ(x) (Elfwing, Uchibe, Doya 2018). */
    public static float silu(float x) {
        return (float) (x / (1 + Math.exp(-x)));
    }
}
