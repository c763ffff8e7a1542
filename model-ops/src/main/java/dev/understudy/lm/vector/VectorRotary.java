package dev.understudy.lm.vector;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;

/**
 * Norms and turns query and key heads: Su et al., "RoFormer" (2021), equation 34, with the pairs of Hugging Face (j, j
 * + D/2). The table grows with the positions that were used. Confined to the thread that steps the model.
 */
final class VectorRotary {
    private final ModelShape shape;
    private final int half;
    /** [positions, D/2] */
    private float[] cos = {};

    private float[] sin = {};
    private int known;

    VectorRotary(ModelShape shape) {
        this.shape = shape;
        half = shape.headSize() / 2;
    }

    /** @param x at {@code from} the query heads, then the key heads */
    void turn(VectorWeights.HeadNorms norms, int position, float[] x, int from) {
        upTo(position);
        int d = shape.headSize();
        int heads = shape.heads() + shape.keyValueHeads();
        boolean normed = norms.query().length > 0;
        for (int h = 0; h < heads; h++) {
            int at = from + h * d;
            if (normed) {
                float[] gain = h < shape.heads() ? norms.query() : norms.key();
                VectorMath.norm(x, at, gain, shape.normEpsilon(), x, at);
            }
            turn(position * half, x, at);
        }
    }

    private void turn(int table, float[] x, int at) {
        for (int j = 0; j < half; j++) {
            float first = x[at + j];
            float second = x[at + half + j];
            x[at + j] = first * cos[table + j] - second * sin[table + j];
            x[at + half + j] = second * cos[table + j] + first * sin[table + j];
        }
    }

    private void upTo(int position) {
        if (position < known) {
            return;
        }
        int wanted = Math.min(shape.context(), Math.max(64, 2 * (position + 1)));
        cos = Arrays.copyOf(cos, wanted * half);
        sin = Arrays.copyOf(sin, wanted * half);
        for (int t = known; t < wanted; t++) {
            for (int j = 0; j < half; j++) {
                double angle = t * shape.architecture().rotary().frequency(j, shape.headSize());
                cos[t * half + j] = (float) Math.cos(angle);
                sin[t * half + j] = (float) Math.sin(angle);
            }
        }
        known = wanted;
    }
}
