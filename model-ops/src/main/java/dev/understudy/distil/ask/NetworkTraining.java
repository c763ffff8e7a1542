package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskNetwork;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An {@link AskNetwork} under training: forward and backward one input at a time, slopes summed over a batch, then one
 * step of AdamW (Loshchilov and Hutter 2019, algorithm 2) with clipping by norm. Inputs are standardised and not
 * trained. Deterministic in the seed; owned by one thread.
 */
final class NetworkTraining {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.98;
    private static final double EPSILON = 1e-8;
    private static final double DECAY = 0.01;
    private static final double LARGEST_NORM = 1;

    private final int inputs;
    private final int units;
    private final float[] mean;
    private final float[] scale;
    /** First layer [N, H], its bias [H], second layer [H], its bias. */
    private final float[] weights;

    private final float[] slopes;
    private final float[] first;
    private final float[] second;
    private final float[] input;
    private final float[] sums;
    private final float[] carried;
    private long steps;

    /** Means and inverse deviations of inputs, over a sample. */
    record Standard(float[] mean, float[] scale) {
        /** @param sample inputs of equal width, at least one */
        static Standard of(Iterable<float[]> sample, int width) {
            double[] sum = new double[width];
            double[] squares = new double[width];
            long count = 0;
            for (float[] row : sample) {
                for (int i = 0; i < width; i++) {
                    sum[i] += row[i];
                    squares[i] += (double) row[i] * row[i];
                }
                count++;
            }
            float[] mean = new float[width];
            float[] scale = new float[width];
            for (int i = 0; i < width; i++) {
                double middle = sum[i] / count;
                double variance = Math.max(0, squares[i] / count - middle * middle);
                mean[i] = (float) middle;
                scale[i] = (float) (1 / (Math.sqrt(variance) + 1e-6));
            }
            return new Standard(mean, scale);
        }
    }

    NetworkTraining(Standard standard, int units, long seed) {
        inputs = standard.mean().length;
        this.units = units;
        mean = standard.mean();
        scale = standard.scale();
        int count = inputs * units + units + units + 1;
        weights = new float[count];
        slopes = new float[count];
        first = new float[count];
        second = new float[count];
        input = new float[inputs];
        sums = new float[units];
        carried = new float[units];
        SplittableRandom random = new SplittableRandom(seed);
        double wide = 1 / Math.sqrt(inputs);
        for (int i = 0; i < inputs * units + units; i++) {
            weights[i] = (float) random.nextDouble(-wide, wide);
        }
        double narrow = 1 / Math.sqrt(units);
        for (int i = inputs * units + units; i < count; i++) {
            weights[i] = (float) random.nextDouble(-narrow, narrow);
        }
    }

    /** Goes on from a network that is there, with fresh moments. */
    static NetworkTraining of(AskNetwork network) {
        NetworkTraining training =
                new NetworkTraining(new Standard(network.mean(), network.scale()), network.units(), 0);
        int bias = network.inputs() * network.units();
        System.arraycopy(network.first(), 0, training.weights, 0, bias);
        System.arraycopy(network.firstBias(), 0, training.weights, bias, network.units());
        System.arraycopy(network.second(), 0, training.weights, bias + network.units(), network.units());
        training.weights[training.weights.length - 1] = network.secondBias();
        return training;
    }

    /**
     * The constant 0 on the inputs of another network, standardised as there, and some more that are taken as they are.
     */
    static NetworkTraining silent(AskNetwork like, int more) {
        int width = like.inputs() + more;
        float[] scale = Arrays.copyOf(like.scale(), width);
        Arrays.fill(scale, like.inputs(), width, 1);
        Standard standard = new Standard(Arrays.copyOf(like.mean(), width), scale);
        NetworkTraining training = new NetworkTraining(standard, like.units(), 0);
        training.silence();
        return training;
    }

    /** Starts as the constant 0: for a network whose output is a value to be learnt from nothing. */
    void silence() {
        for (int i = inputs * units + units; i < weights.length; i++) {
            weights[i] = 0;
        }
    }

    /** Output for an input; what {@link #backward} refers to. */
    double forward(float[] x) {
        System.arraycopy(weights, inputs * units, sums, 0, units);
        for (int i = 0; i < inputs; i++) {
            float value = (x[i] - mean[i]) * scale[i];
            input[i] = value;
            int row = i * units;
            for (int h = 0; h < units; h++) {
                sums[h] += value * weights[row + h];
            }
        }
        int at = inputs * units + units;
        float sum = weights[at + units];
        for (int h = 0; h < units; h++) {
            sum += weights[at + h] * AskNetwork.silu(sums[h]);
        }
        return sum;
    }

    /** Adds the slopes of a loss whose slope in the last output is {@code slope}. */
    void backward(double slope) {
        if (slope == 0) {
            return;
        }
        int at = inputs * units + units;
        float pull = (float) slope;
        slopes[at + units] += pull;
        for (int h = 0; h < units; h++) {
            float gate = (float) (1 / (1 + Math.exp(-sums[h])));
            slopes[at + h] += pull * sums[h] * gate;
            carried[h] = pull * weights[at + h] * gate * (1 + sums[h] * (1 - gate));
            slopes[at - units + h] += carried[h];
        }
        for (int i = 0; i < inputs; i++) {
            float value = input[i];
            int row = i * units;
            for (int h = 0; h < units; h++) {
                slopes[row + h] += value * carried[h];
            }
        }
    }

    /**
     * One step on the summed slopes, which start again from zero.
     *
     * @param divisor what sums are divided by, above 0
     */
    void step(double learningRate, double divisor) {
        double norm = 0;
        for (float slope : slopes) {
            norm += (double) slope * slope;
        }
        norm = Math.sqrt(norm) / divisor;
        if (!(norm < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException("Training of the ask head has a slope of norm " + norm + " at step " + steps
                    + "; expected a finite one. Lower distil.ask.learning-rate.");
        }
        double factor = (norm > LARGEST_NORM ? LARGEST_NORM / norm : 1) / divisor;
        steps++;
        double correct1 = 1 - Math.pow(BETA1, steps);
        double correct2 = 1 - Math.pow(BETA2, steps);
        for (int i = 0; i < weights.length; i++) {
            double slope = slopes[i] * factor;
            first[i] = (float) (BETA1 * first[i] + (1 - BETA1) * slope);
            second[i] = (float) (BETA2 * second[i] + (1 - BETA2) * slope * slope);
            double update = first[i] / correct1 / (Math.sqrt(second[i] / correct2) + EPSILON);
            weights[i] -= (float) (learningRate * (update + DECAY * weights[i]));
            slopes[i] = 0;
        }
    }

    /** The weights as they stand, copied. */
    AskNetwork network() {
        int bias = inputs * units;
        return new AskNetwork(
                mean.clone(),
                scale.clone(),
                Arrays.copyOfRange(weights, 0, bias),
                Arrays.copyOfRange(weights, bias, bias + units),
                Arrays.copyOfRange(weights, bias + units, bias + 2 * units),
                weights[weights.length - 1]);
    }
}
