package dev.understudy.lm.vector;

import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.JavaDecoding;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.List;

/** Opens {@link VectorModel}s. Immutable and thread safe; found as a service. */
public final class VectorDecoding implements JavaDecoding {
    private static final int TRIALS = 9;

    @Override
    public LanguageModel open(ModelShape shape, List<float[]> values) {
        WarmUp.once();
        return new VectorModel(shape, VectorWeights.pack(shape, values));
    }

    @Override
    public double readSpeed(int bytes) {
        WarmUp.once();
        float[] block = new float[bytes / Float.BYTES];
        Arrays.fill(block, 1);
        long best = Long.MAX_VALUE;
        for (int trial = 0; trial < TRIALS; trial++) {
            long start = System.nanoTime();
            // read twice, of which once from memory
            float sum = VectorMath.dot(block, 0, block, 0, block.length);
            long nanos = System.nanoTime() - start;
            best = sum > 0 ? Math.min(best, nanos) : best;
        }
        return 1e9 * bytes / best;
    }
}
