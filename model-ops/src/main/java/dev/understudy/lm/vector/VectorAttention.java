package dev.understudy.lm.vector;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of one token over the pages of its row: Vaswani et al., "Attention Is All You Need" (2017), equation 1,
 * with the window of Mistral where the architecture has one. Holds the scores of one head; confined to the thread that
 * steps the model.
 */
final class VectorAttention {
    private static final VectorSpecies<Float> FLOATS = VectorMath.FLOATS;
    private static final int LANES = VectorMath.LANES;
    private static final int POSITIONS = VectorCache.POSITIONS;

    private final int headSize;
    private final int shared;
    private final int heads;
    private final int headFloats;
    private final int valuesAt;
    private final int layerFloats;
    private final int window;
    private final float scale;
    private final float[] result;
    private float[] scores = new float[POSITIONS];

    VectorAttention(ModelShape shape) {
        headSize = shape.headSize();
        heads = shape.heads();
        shared = shape.heads() / shape.keyValueHeads();
        headFloats = VectorCache.headFloats(shape);
        valuesAt = VectorCache.valuesAt(shape);
        layerFloats = headFloats * shape.keyValueHeads();
        window = shape.architecture().window();
        scale = (float) (1 / Math.sqrt(headSize));
        result = new float[VectorMath.padded(headSize)];
    }

    /**
     * Stores the key and value of one position.
     *
     * @param x at {@code from} the rotated key heads, then the value heads
     */
    void store(float[][] pages, int layer, int position, float[] x, int from) {
        float[] page = pages[position / POSITIONS];
        int within = position % POSITIONS;
        int count = layerFloats / headFloats;
        for (int g = 0; g < count; g++) {
            int keys = layer * layerFloats + g * headFloats;
            int values = keys + valuesAt + within * headSize;
            for (int j = 0; j < headSize; j++) {
                page[keys + j * POSITIONS + within] = x[from + g * headSize + j];
            }
            System.arraycopy(x, from + (count + g) * headSize, page, values, headSize);
        }
    }

    /**
     * Attends with all heads of one token.
     *
     * @param x at {@code from} the rotated query heads
     * @param y at {@code to} gets the heads' results, one after the other
     */
    void attend(float[][] pages, int layer, int position, float[] x, int from, float[] y, int to) {
        int first = window <= position ? position - window + 1 : 0;
        int firstPage = first / POSITIONS;
        int origin = firstPage * POSITIONS;
        int length = position + 1 - origin;
        int room = (length + POSITIONS - 1) / POSITIONS * POSITIONS;
        if (scores.length < room) {
            scores = new float[2 * room];
        }
        for (int h = 0; h < heads; h++) {
            int keys = layer * layerFloats + h / shared * headFloats;
            for (int page = 0; page * POSITIONS < length; page++) {
                int count = Math.min(POSITIONS, length - page * POSITIONS);
                score(pages[firstPage + page], keys, x, from + h * headSize, page * POSITIONS, count);
            }
            for (int t = 0; t < first - origin; t++) {
                scores[t] = Float.NEGATIVE_INFINITY;
            }
            float sum = VectorMath.exponentials(scores, 0, length, VectorMath.max(scores, 0, length));
            mix(pages, firstPage, keys + valuesAt, length);
            float share = 1 / sum;
            for (int j = 0; j < headSize; j++) {
                y[to + h * headSize + j] = result[j] * share;
            }
        }
    }

    /** Scores of the positions of one page. */
    private void score(float[] page, int keys, float[] x, int query, int to, int count) {
        for (int lane = 0; lane < count; lane += 2 * LANES) {
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = a;
            int at = keys + lane;
            for (int j = 0; j < headSize; j++, at += POSITIONS) {
                FloatVector q = FloatVector.broadcast(FLOATS, x[query + j]);
                a = FloatVector.fromArray(FLOATS, page, at).fma(q, a);
                b = FloatVector.fromArray(FLOATS, page, at + LANES).fma(q, b);
            }
            a.mul(scale).intoArray(scores, to + lane);
            b.mul(scale).intoArray(scores, to + lane + LANES);
        }
    }

    /** Values weighted by the scores, page after page. */
    private void mix(float[][] pages, int firstPage, int values, int length) {
        Arrays.fill(result, 0);
        for (int start = 0; start < length; start += POSITIONS) {
            float[] page = pages[firstPage + start / POSITIONS];
            int count = Math.min(POSITIONS, length - start);
            for (int j = 0; j < headSize; j += LANES) {
                mix(page, values + j, start, count, j);
            }
        }
    }

    /** Four sums at a time, because one alone would wait for itself. */
    private void mix(float[] page, int at, int start, int count, int to) {
        FloatVector a = FloatVector.fromArray(FLOATS, result, to);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector c = b;
        FloatVector d = b;
        int t = start;
        int o = at;
        for (; t + 4 <= start + count; t += 4, o += 4 * headSize) {
            a = FloatVector.fromArray(FLOATS, page, o).fma(FloatVector.broadcast(FLOATS, scores[t]), a);
            b = FloatVector.fromArray(FLOATS, page, o + headSize).fma(FloatVector.broadcast(FLOATS, scores[t + 1]), b);
            c = FloatVector.fromArray(FLOATS, page, o + 2 * headSize)
                    .fma(FloatVector.broadcast(FLOATS, scores[t + 2]), c);
            d = FloatVector.fromArray(FLOATS, page, o + 3 * headSize)
                    .fma(FloatVector.broadcast(FLOATS, scores[t + 3]), d);
        }
        for (; t < start + count; t++, o += headSize) {
            a = FloatVector.fromArray(FLOATS, page, o).fma(FloatVector.broadcast(FLOATS, scores[t]), a);
        }
        a.add(b).add(c.add(d)).intoArray(result, to);
    }
}
