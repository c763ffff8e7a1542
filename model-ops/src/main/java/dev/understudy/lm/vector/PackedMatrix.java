package dev.understudy.lm.vector;

import dev.understudy.lm.file.FloatBits;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * A weight matrix in half precision, laid out in the order in which a product reads it: panels of two vectors of
 * outputs, within a panel one input after the other, so that memory is read in one stream and sums need no reduction.
 * Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (TOMS 2008), section 4.2.3, with the
 * matrix as their packed A. Every sum runs over the inputs in order, whatever the number of rows: a row's result does
 * not depend on the rows beside it. Immutable and thread safe.
 */
final class PackedMatrix {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    private static final int LANES = FLOATS.length();
    private static final int PANEL = 2 * LANES;
    /** Rows of one pass over a panel: as many sums as registers hold, 32 with AVX-512 and 16 without. */
    private static final int GROUP = LANES >= 16 ? 8 : 4;
    /**
     * Bytes of weights that all rows pass before the next: they stay in the second cache, a group of rows in the first.
     */
    private static final int BLOCK = 1 << 18;
    /** Sign, exponent and fraction of a half-precision number whose bits were shifted by 13. */
    private static final int HALF = 0x8fffe000;
    /** What the shift leaves out: the biases of the exponents differ by 112. */
    private static final int BIAS = 112;
    /** The exponent to which the largest weight of an output is brought, so that none is below the normal range. */
    private static final int TOP = 14;

    private final int inputs;
    /** Floats from one row of results to the next: the outputs, filled up to whole panels. */
    private final int stride;

    private final short[] halves;
    /** [stride] powers of two that undo the scaling of each output. */
    private final float[] factors;

    /**
     * Packs a matrix.
     *
     * @param weights [outputs, inputs] row-major, finite
     */
    PackedMatrix(float[] weights, int outputs, int inputs) {
        this.inputs = inputs;
        stride = padded(outputs);
        halves = new short[Math.multiplyExact(stride, inputs)];
        factors = new float[stride];
        for (int output = 0; output < outputs; output++) {
            pack(weights, output);
        }
    }

    private void pack(float[] weights, int output) {
        float largest = 0;
        for (int k = 0; k < inputs; k++) {
            largest = Math.max(largest, Math.abs(weights[output * inputs + k]));
        }
        int shift = largest == 0 ? 0 : TOP - Math.getExponent(largest);
        int to = output / PANEL * PANEL * inputs + output % PANEL;
        for (int k = 0; k < inputs; k++) {
            halves[to + k * PANEL] = FloatBits.toHalf(Math.scalb(weights[output * inputs + k], shift));
        }
        factors[output] = Math.scalb(1f, BIAS - shift);
    }

    private static int padded(int outputs) {
        return (outputs + PANEL - 1) / PANEL * PANEL;
    }

    int inputs() {
        return inputs;
    }

    /** Floats from one row of results to the next: the outputs, filled up to whole panels. */
    int stride() {
        return stride;
    }

    /**
     * Multiplies.
     *
     * @param x [rows, inputs]
     * @param bias [outputs] is added, or nothing when it is empty
     * @param scratch at least rows x inputs floats
     * @param y [rows, {@link #stride}] result, overwritten
     */
    void multiply(float[] x, int rows, float[] bias, float[] scratch, float[] y) {
        interleave(x, rows, scratch);
        int block = Math.max(1, BLOCK / (PANEL * inputs * Short.BYTES)) * PANEL;
        for (int r = 0; r < stride; r += block) {
            panels(r, Math.min(stride, r + block), scratch, rows, y);
        }
        finish(rows, bias, y);
    }

    /** Some panels with all rows: as many rows at once as there are, then what is left in passes of smaller sizes. */
    private void panels(int from, int to, float[] x, int rows, float[] y) {
        int first = 0;
        for (int size = GROUP; size > 0; size /= 2) {
            for (; rows - first >= size; first += size) {
                for (int r = from; r < to; r += PANEL) {
                    pass(size, r, x, first, y);
                }
            }
        }
    }

    private void pass(int size, int r, float[] x, int first, float[] y) {
        switch (size) {
            case 8 -> eight(r, x, first, y);
            case 4 -> four(r, x, first, y);
            case 2 -> two(r, x, first, y);
            default -> one(r, x, first, y);
        }
    }

    /** Lays the rows of each pass side by side, an input at a time. */
    private void interleave(float[] x, int rows, float[] to) {
        int first = 0;
        int size = GROUP;
        while (first < rows) {
            while (size > rows - first) {
                size /= 2;
            }
            for (int i = 0; i < size; i++) {
                int from = (first + i) * inputs;
                int at = first * inputs + i;
                for (int k = 0; k < inputs; k++) {
                    to[at + k * size] = x[from + k];
                }
            }
            first += size;
        }
    }

    private static FloatVector weights(short[] halves, int at) {
        IntVector bits =
                (IntVector) ShortVector.fromArray(SHORTS, halves, at).convertShape(VectorOperators.S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 13)
                .lanewise(VectorOperators.AND, HALF)
                .reinterpretAsFloats();
    }

    private void one(int r, float[] x, int first, float[] y) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        int o = r * inputs;
        int end = (first + 1) * inputs;
        for (int k = first * inputs; k < end; k++, o += PANEL) {
            FloatVector t = FloatVector.broadcast(FLOATS, x[k]);
            a = weights(halves, o).fma(t, a);
            b = weights(halves, o + LANES).fma(t, b);
        }
        a.intoArray(y, first * stride + r);
        b.intoArray(y, first * stride + r + LANES);
    }

    private void two(int r, float[] x, int first, float[] y) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        int o = r * inputs;
        int end = (first + 2) * inputs;
        for (int k = first * inputs; k < end; k += 2, o += PANEL) {
            FloatVector u = weights(halves, o);
            FloatVector v = weights(halves, o + LANES);
            FloatVector t = FloatVector.broadcast(FLOATS, x[k]);
            a0 = u.fma(t, a0);
            b0 = v.fma(t, b0);
            t = FloatVector.broadcast(FLOATS, x[k + 1]);
            a1 = u.fma(t, a1);
            b1 = v.fma(t, b1);
        }
        a0.intoArray(y, first * stride + r);
        b0.intoArray(y, first * stride + r + LANES);
        a1.intoArray(y, (first + 1) * stride + r);
        b1.intoArray(y, (first + 1) * stride + r + LANES);
    }

    private void four(int r, float[] x, int first, float[] y) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector a2 = a0;
        FloatVector b2 = a0;
        FloatVector a3 = a0;
        FloatVector b3 = a0;
        int o = r * inputs;
        int end = (first + 4) * inputs;
        for (int k = first * inputs; k < end; k += 4, o += PANEL) {
            FloatVector u = weights(halves, o);
            FloatVector v = weights(halves, o + LANES);
            FloatVector t = FloatVector.broadcast(FLOATS, x[k]);
            a0 = u.fma(t, a0);
            b0 = v.fma(t, b0);
            t = FloatVector.broadcast(FLOATS, x[k + 1]);
            a1 = u.fma(t, a1);
            b1 = v.fma(t, b1);
            t = FloatVector.broadcast(FLOATS, x[k + 2]);
            a2 = u.fma(t, a2);
            b2 = v.fma(t, b2);
            t = FloatVector.broadcast(FLOATS, x[k + 3]);
            a3 = u.fma(t, a3);
            b3 = v.fma(t, b3);
        }
        a0.intoArray(y, first * stride + r);
        b0.intoArray(y, first * stride + r + LANES);
        a1.intoArray(y, (first + 1) * stride + r);
        b1.intoArray(y, (first + 1) * stride + r + LANES);
        a2.intoArray(y, (first + 2) * stride + r);
        b2.intoArray(y, (first + 2) * stride + r + LANES);
        a3.intoArray(y, (first + 3) * stride + r);
        b3.intoArray(y, (first + 3) * stride + r + LANES);
    }

    private void eight(int r, float[] x, int first, float[] y) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector a2 = a0;
        FloatVector b2 = a0;
        FloatVector a3 = a0;
        FloatVector b3 = a0;
        FloatVector a4 = a0;
        FloatVector b4 = a0;
        FloatVector a5 = a0;
        FloatVector b5 = a0;
        FloatVector a6 = a0;
        FloatVector b6 = a0;
        FloatVector a7 = a0;
        FloatVector b7 = a0;
        int o = r * inputs;
        int end = (first + 8) * inputs;
        for (int k = first * inputs; k < end; k += 8, o += PANEL) {
            FloatVector u = weights(halves, o);
            FloatVector v = weights(halves, o + LANES);
            FloatVector t = FloatVector.broadcast(FLOATS, x[k]);
            a0 = u.fma(t, a0);
            b0 = v.fma(t, b0);
            t = FloatVector.broadcast(FLOATS, x[k + 1]);
            a1 = u.fma(t, a1);
            b1 = v.fma(t, b1);
            t = FloatVector.broadcast(FLOATS, x[k + 2]);
            a2 = u.fma(t, a2);
            b2 = v.fma(t, b2);
            t = FloatVector.broadcast(FLOATS, x[k + 3]);
            a3 = u.fma(t, a3);
            b3 = v.fma(t, b3);
            t = FloatVector.broadcast(FLOATS, x[k + 4]);
            a4 = u.fma(t, a4);
            b4 = v.fma(t, b4);
            t = FloatVector.broadcast(FLOATS, x[k + 5]);
            a5 = u.fma(t, a5);
            b5 = v.fma(t, b5);
            t = FloatVector.broadcast(FLOATS, x[k + 6]);
            a6 = u.fma(t, a6);
            b6 = v.fma(t, b6);
            t = FloatVector.broadcast(FLOATS, x[k + 7]);
            a7 = u.fma(t, a7);
            b7 = v.fma(t, b7);
        }
        a0.intoArray(y, first * stride + r);
        b0.intoArray(y, first * stride + r + LANES);
        a1.intoArray(y, (first + 1) * stride + r);
        b1.intoArray(y, (first + 1) * stride + r + LANES);
        a2.intoArray(y, (first + 2) * stride + r);
        b2.intoArray(y, (first + 2) * stride + r + LANES);
        a3.intoArray(y, (first + 3) * stride + r);
        b3.intoArray(y, (first + 3) * stride + r + LANES);
        a4.intoArray(y, (first + 4) * stride + r);
        b4.intoArray(y, (first + 4) * stride + r + LANES);
        a5.intoArray(y, (first + 5) * stride + r);
        b5.intoArray(y, (first + 5) * stride + r + LANES);
        a6.intoArray(y, (first + 6) * stride + r);
        b6.intoArray(y, (first + 6) * stride + r + LANES);
        a7.intoArray(y, (first + 7) * stride + r);
        b7.intoArray(y, (first + 7) * stride + r + LANES);
    }

    /** What the packed numbers lack: their scale, and the bias. */
    private void finish(int rows, float[] bias, float[] y) {
        for (int row = 0; row < rows; row++) {
            int from = row * stride;
            for (int i = 0; i < stride; i++) {
                y[from + i] *= factors[i];
            }
            VectorMath.add(bias, 0, y, from, bias.length);
        }
    }
}
