package dev.understudy.lm.vector;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.Scores;
import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Has the JVM compile the decoder before anybody waits for it: vector code that is not compiled yet is a hundred times
 * slower. Decodes with a model of no importance until its steps are as fast as compiled ones, for every number of rows
 * that has a product of its own; a second or two once a process, on the thread that opens the first model.
 */
final class WarmUp {
    private static final ModelShape SHAPE = new ModelShape(64, 1, 2, 1, 32, 96, 256, 128, true, 10_000, 1e-5);
    /** A compiled step takes some 40 microseconds, one of which a part is not compiled takes milliseconds. */
    private static final long COMPILED_NANOS = 500_000;

    private static final int STREAK = 200;
    private static final long MOST_NANOS = 3_000_000_000L;

    private static boolean done;

    private WarmUp() {}

    static synchronized void once() {
        if (!done) {
            done = true;
            VectorModel model = new VectorModel(SHAPE, VectorWeights.pack(SHAPE, random()));
            for (int rows : new int[] {8, 4, 2, 1}) {
                run(model, rows);
            }
        }
    }

    private static void run(VectorModel model, int rows) {
        Scores out = new Scores(rows, 2, 0);
        int[] all = IntStream.range(0, rows).toArray();
        long start = System.nanoTime();
        int streak = 0;
        try (KvCache cache = model.newCache(rows)) {
            while (streak < STREAK && System.nanoTime() - start < MOST_NANOS) {
                if (cache.length(0) == SHAPE.context()) {
                    Arrays.stream(all).forEach(row -> cache.truncate(row, 0));
                }
                long begin = System.nanoTime();
                model.step(cache, all, all, rows, out);
                streak = System.nanoTime() - begin < COMPILED_NANOS ? streak + 1 : 0;
            }
        }
    }

    private static List<float[]> random() {
        SplittableRandom random = new SplittableRandom(1);
        return LlamaLayout.blocks(SHAPE).stream()
                .map(block -> {
                    float[] values = new float[Arrays.stream(block.shape()).reduce(1, (a, b) -> a * b)];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) random.nextGaussian() * 0.1f;
                    }
                    return values;
                })
                .toList();
    }
}
