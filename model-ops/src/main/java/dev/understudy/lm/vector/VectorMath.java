package dev.understudy.lm.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Arithmetic on stretches of arrays that the decoder needs beside matrix products. */
final class VectorMath {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();

    private static final FloatVector LOG2_E = all(1.44269504f);
    /** ln 2 in two parts; the first has few bits, so that its product with a small integer is exact. */
    private static final FloatVector LN2_HIGH = all(-0.693359375f);

    private static final FloatVector LN2_LOW = all(2.12194440e-4f);
    /** Adding it leaves the nearest integer in the lowest bits. */
    private static final FloatVector ROUND = all(12582912f);

    private static final FloatVector LOWEST = all(-87f);
    private static final FloatVector HIGHEST = all(88f);
    private static final FloatVector C5 = all(1.9875691500e-4f);
    private static final FloatVector C4 = all(1.3981999507e-3f);
    private static final FloatVector C3 = all(8.3334519073e-3f);
    private static final FloatVector C2 = all(4.1665795894e-2f);
    private static final FloatVector C1 = all(1.6666665459e-1f);
    private static final FloatVector C0 = all(5.0000001201e-1f);
    static final FloatVector ONE = all(1);

    private VectorMath() {}

    /** {@code length} filled up to whole vectors. */
    static int padded(int length) {
        return (length + LANES - 1) / LANES * LANES;
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    /**
     * Exponential of every lane, relative error below 2e-7 within [-87, 88] and clamped outside: Moshier, Cephes
     * library, {@code expf}. Constants are vectors, because the calls that make one from a number nest so deeply that
     * the compiler gives up where this is inlined.
     */
    static FloatVector exp(FloatVector x) {
        // not max and min: those order zeros and spread NaN, in six instructions each
        FloatVector v = x.blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
        v = v.blend(HIGHEST, v.compare(VectorOperators.GT, HIGHEST));
        FloatVector shifted = v.fma(LOG2_E, ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, v));
        FloatVector p = C5.fma(r, C4).fma(r, C3).fma(r, C2).fma(r, C1).fma(r, C0);
        p = p.fma(r.mul(r), r).add(ONE);
        // times 2^n: n stands in the lowest bits of what was shifted, and goes to the exponent field
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    /** Sum of products of two stretches. */
    static float dot(float[] a, int aFrom, float[] b, int bFrom, int length) {
        FloatVector sum = FloatVector.zero(FLOATS);
        FloatVector other = sum;
        int i = 0;
        for (; i + 2 * LANES <= length; i += 2 * LANES) {
            sum = FloatVector.fromArray(FLOATS, a, aFrom + i).fma(FloatVector.fromArray(FLOATS, b, bFrom + i), sum);
            other = FloatVector.fromArray(FLOATS, a, aFrom + i + LANES)
                    .fma(FloatVector.fromArray(FLOATS, b, bFrom + i + LANES), other);
        }
        float total = sum.add(other).reduceLanes(VectorOperators.ADD);
        for (; i < length; i++) {
            total += a[aFrom + i] * b[bFrom + i];
        }
        return total;
    }

    /** RMSNorm: Zhang and Sennrich (2019), equation 4. {@code y = x / sqrt(mean(x^2) + epsilon) * gain}. */
    static void norm(float[] x, int from, float[] gain, double epsilon, float[] y, int to) {
        int length = gain.length;
        float scale = (float) (1 / Math.sqrt(dot(x, from, x, from, length) / length + epsilon));
        for (int i = 0; i < length; i++) {
            y[to + i] = x[from + i] * scale * gain[i];
        }
    }

    /** {@code to += from}. */
    static void add(float[] from, int fromAt, float[] to, int toAt, int length) {
        for (int i = 0; i < length; i++) {
            to[toAt + i] += from[fromAt + i];
        }
    }

    /**
     * The gated unit of the feed-forward block, SwiGLU: Shazeer, "GLU Variants Improve Transformer" (2020), equation 6.
     *
     * @param x at {@code from} the gate, {@code length} later the other factor
     */
    static void swiglu(float[] x, int from, int length, float[] y, int to) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector gate = FloatVector.fromArray(FLOATS, x, from + i);
            FloatVector up = FloatVector.fromArray(FLOATS, x, from + length + i);
            gate.div(exp(gate.neg()).add(ONE)).mul(up).intoArray(y, to + i);
        }
        for (; i < length; i++) {
            float gate = x[from + i];
            y[to + i] = (float) (gate / (1 + Math.exp(-gate))) * x[from + length + i];
        }
    }

    /** The largest of a stretch of at least one number. */
    static float max(float[] x, int from, int length) {
        int i = 0;
        float most = Float.NEGATIVE_INFINITY;
        if (length >= LANES) {
            FloatVector found = FloatVector.fromArray(FLOATS, x, from);
            for (i = LANES; i + LANES <= length; i += LANES) {
                FloatVector next = FloatVector.fromArray(FLOATS, x, from + i);
                found = found.blend(next, next.compare(VectorOperators.GT, found));
            }
            most = found.reduceLanes(VectorOperators.MAX);
        }
        for (; i < length; i++) {
            most = Math.max(most, x[from + i]);
        }
        return most;
    }

    /**
     * Replaces numbers by {@code exp(x - most)}, and what follows them up to the next whole vector by nearly 0.
     *
     * @param x {@link #padded} of length can be read and written from {@code from} on
     * @return their sum
     */
    static float exponentials(float[] x, int from, int length, float most) {
        for (int i = from + length; i < from + padded(length); i++) {
            x[i] = Float.NEGATIVE_INFINITY;
        }
        FloatVector sum = FloatVector.zero(FLOATS);
        FloatVector highest = all(most);
        for (int i = 0; i < length; i += LANES) {
            FloatVector e = exp(FloatVector.fromArray(FLOATS, x, from + i).sub(highest));
            e.intoArray(x, from + i);
            sum = sum.add(e);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
