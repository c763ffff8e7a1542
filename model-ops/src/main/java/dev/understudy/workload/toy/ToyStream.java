package dev.understudy.workload.toy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The one source of numbers of all toy experiments, so that they repeat draw by draw: uniforms of
 * {@link SplittableRandom}, everything else made from them. Not thread safe.
 */
public final class ToyStream {
    private final SplittableRandom random;

    public ToyStream(long seed) {
        random = new SplittableRandom(seed);
    }

    /** In [0, 1). */
    public double uniform() {
        return random.nextDouble();
    }

    /** {@code count} uniforms. */
    public double[] uniforms(int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = uniform();
        }
        return values;
    }

    /** Standard normal, by Box and Muller from two uniforms in their order. */
    public double normal() {
        double radius = Math.sqrt(-2 * Math.log1p(-uniform()));
        return radius * Math.cos(2 * Math.PI * uniform());
    }

    /** Standard normals [rows, columns], filled row by row. */
    public double[][] normals(int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = normal();
            }
        }
        return values;
    }

    /** Standard Gumbel. */
    public double gumbel() {
        return -Math.log(-Math.log(uniform()));
    }

    /** In [0, bound). */
    public int integer(int bound) {
        return (int) (uniform() * bound);
    }

    /** The order of {@code count} uniforms, smallest first, ties in their order. */
    public int[] permutation(int count) {
        double[] keys = uniforms(count);
        return IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> keys[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** An index drawn by probabilities: the number of cumulative sums below one uniform, at most the last index. */
    public int categorical(double[] probabilities) {
        return index(probabilities, uniform());
    }

    /** The index that a uniform {@code point} falls on. */
    static int index(double[] probabilities, double point) {
        double sum = 0;
        int index = 0;
        for (double probability : probabilities) {
            sum += probability;
            if (sum < point) {
                index++;
            }
        }
        return Math.min(index, probabilities.length - 1);
    }

    /** softmax of logits, natural-log scale. */
    static double[] softmax(double[] logits) {
        double[] law = logLaw(logits);
        for (int i = 0; i < law.length; i++) {
            law[i] = Math.exp(law[i]);
        }
        return law;
    }

    /** log softmax of logits. */
    static double[] logLaw(double[] logits) {
        double normaliser = logSumExp(logits);
        return Arrays.stream(logits).map(logit -> logit - normaliser).toArray();
    }

    static double logSumExp(double... values) {
        double most = Arrays.stream(values).max().orElseThrow();
        if (Double.isInfinite(most)) {
            return most;
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - most);
        }
        return most + Math.log(sum);
    }
}
