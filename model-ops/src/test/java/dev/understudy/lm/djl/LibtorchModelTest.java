package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class LibtorchModelTest {
    private static final ModelShape SHAPE = new ModelShape(24, 3, 4, 2, 6, 40, 31, 600, false, 200, 1e-5);
    private static final int V = SHAPE.vocabulary();

    private final LanguageModel model;
    private final LanguageModel packed;

    LibtorchModelTest(@TempDir Path folder) {
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 7)) {
            trainer.saveModel(folder, Storage.FP32);
        }
        model = Engine.installed().open(folder, Kernel.FP32);
        packed = Engine.installed().open(folder, Kernel.FP16);
    }

    @AfterAll
    void close() {
        model.close();
        packed.close();
    }

    @Test
    void cachedStepsEqualTheFullForward() {
        int[] ids = ids(40, 1);
        float[] full = fullLogits(model, ids);
        Scores out = new Scores(1, 4, V);
        try (KvCache cache = model.newCache(1)) {
            for (int t = 0; t < ids.length; t++) {
                model.step(cache, new int[] {0}, new int[] {ids[t]}, 1, out);
                assertClose(out.logits, 0, full, t, 1e-4f);
            }
        }
    }

    @Test
    void extendInChunksEqualsTheFullForwardAndGrowsTheCache() {
        int[] ids = ids(560, 2);
        float[] full = fullLogits(model, ids);
        Scores out = new Scores(300, 4, V);
        try (KvCache cache = model.newCache(3)) {
            int start = 0;
            for (int length : new int[] {30, 1, 200, 9, 300, 20}) {
                int[] block = Arrays.copyOfRange(ids, start, start + length);
                int keep = Math.max(1, length - 3);
                model.extend(cache, 1, block, keep, out);
                assertThat(out.count()).isEqualTo(keep);
                for (int i = 0; i < keep; i++) {
                    assertClose(out.logits, i, full, start + length - keep + i, 1e-4f);
                }
                start += length;
            }
            assertThat(cache.length(1)).isEqualTo(560);
            assertThat(cache.length(0)).isZero();
        }
    }

    @Test
    void rowsOfDifferentLengthStepAsIfAlone() {
        int[][] prompts = {ids(5, 3), ids(300, 4), ids(17, 5), ids(1, 6)};
        int[] rows = {4, 1, 0, 3};
        Scores out = new Scores(4, 3, V);
        try (KvCache cache = model.newCache(5)) {
            model.prefill(cache, rows, prompts, out);
            for (int i = 0; i < rows.length; i++) {
                assertClose(out.logits, i, fullLogits(model, prompts[i]), prompts[i].length - 1, 1e-4f);
            }
            // a subset with a gap, then neighbours: the copied and the viewed path of the cache
            model.step(cache, new int[] {3, 1}, new int[] {7, 8}, 2, out);
            assertClose(out.logits, 0, fullLogits(model, append(prompts[3], 7)), 1, 1e-4f);
            assertClose(out.logits, 1, fullLogits(model, append(prompts[1], 8)), 300, 1e-4f);
            model.step(cache, new int[] {3, 4}, new int[] {9, 2}, 2, out);
            assertClose(out.logits, 0, fullLogits(model, append(append(prompts[3], 7), 9)), 2, 1e-4f);
            assertClose(out.logits, 1, fullLogits(model, append(prompts[0], 2)), 5, 1e-4f);
        }
    }

    @Test
    void aTruncatedRowContinuesFromItsNewEnd() {
        int[] ids = ids(12, 8);
        Scores out = new Scores(1, 2, V);
        try (KvCache cache = model.newCache(2)) {
            model.extend(cache, 0, ids, 1, out);
            cache.truncate(0, 4);
            model.step(cache, new int[] {0}, new int[] {3}, 1, out);
            int[] expected = append(Arrays.copyOf(ids, 4), 3);
            assertClose(out.logits, 0, fullLogits(model, expected), 4, 1e-4f);
            assertThatThrownBy(() -> cache.truncate(0, 6)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void figuresFollowFromTheLogits() {
        int[] ids = ids(6, 9);
        Scores out = new Scores(6, 5, V);
        model.score(new TokenBatch(1, 6, ids, IntStream.range(0, 6).toArray()), out);
        for (int i = 0; i < 6; i++) {
            float[] logits = Arrays.copyOfRange(out.logits, i * V, (i + 1) * V);
            double[] logs = logSoftmax(logits);
            double entropy = -Arrays.stream(logs).map(l -> Math.exp(l) * l).sum();
            assertThat((double) out.entropy[i]).isCloseTo(entropy, within(1e-5));
            double[] descending = Arrays.stream(logs).map(l -> -l).sorted().toArray();
            for (int j = 0; j < 5; j++) {
                assertThat((double) out.topLogProbabilities[i * 5 + j]).isCloseTo(-descending[j], within(1e-5));
                assertThat(logs[out.topIds[i * 5 + j]]).isCloseTo(-descending[j], within(1e-5));
            }
            assertThat(out.argmax[i]).isEqualTo(out.topIds[i * 5]);
        }
    }

    @Test
    void packedWeightsStayCloseToSinglePrecision() {
        int[] ids = ids(128, 10);
        float[] exact = fullLogits(model, ids);
        float[] half = fullLogits(packed, ids);
        double divergence = 0;
        for (int t = 0; t < ids.length; t++) {
            double[] p = logSoftmax(Arrays.copyOfRange(exact, t * V, (t + 1) * V));
            double[] q = logSoftmax(Arrays.copyOfRange(half, t * V, (t + 1) * V));
            for (int i = 0; i < V; i++) {
                divergence += Math.exp(p[i]) * (p[i] - q[i]) / ids.length;
            }
        }
        assertThat(divergence).isBetween(1e-12, 1e-5);
    }

    @Test
    void packedStepsEqualThePackedForward() {
        int[] ids = ids(20, 11);
        float[] full = fullLogits(packed, ids);
        Scores out = new Scores(1, 2, V);
        try (KvCache cache = packed.newCache(1)) {
            for (int t = 0; t < ids.length; t++) {
                packed.step(cache, new int[] {0}, new int[] {ids[t]}, 1, out);
                assertClose(out.logits, 0, full, t, 1e-4f);
            }
        }
    }

    @Test
    void fiveThousandStepsDoNotGrowNativeMemory() throws IOException {
        Scores out = new Scores(2, 2, 0);
        try (KvCache cache = packed.newCache(2)) {
            long settled = 0;
            for (int i = 0; i < 5000; i++) {
                packed.step(cache, new int[] {0, 1}, new int[] {i % V, 3}, 2, out);
                if (cache.length(0) == 100) {
                    cache.truncate(0, 0);
                    cache.truncate(1, 0);
                }
                if (i == 1000) {
                    settled = LibtorchTrainerTest.residentMegabytes();
                }
            }
            assertThat(LibtorchTrainerTest.residentMegabytes()).isLessThan(settled + 60);
        }
    }

    @Test
    void refusesForeignIdsFullRowsAndRowsNamedTwice() {
        Scores out = new Scores(2, 2, 0);
        try (KvCache cache = model.newCache(2)) {
            assertThatThrownBy(() -> model.step(cache, new int[] {0}, new int[] {V}, 1, out))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("outside [0, 31)");
            assertThatThrownBy(() -> model.step(cache, new int[] {1, 1}, new int[] {1, 2}, 2, out))
                    .hasMessageContaining("named twice");
            model.extend(cache, 0, ids(600, 12), 1, out);
            assertThatThrownBy(() -> model.step(cache, new int[] {0}, new int[] {1}, 1, out))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most 600");
            assertThat(cache.length(0)).isEqualTo(600);
        }
    }

    private static float[] fullLogits(LanguageModel model, int[] ids) {
        Scores out = new Scores(ids.length, 2, V);
        int[] positions = IntStream.range(0, ids.length).toArray();
        model.score(new TokenBatch(1, ids.length, ids, positions), out);
        return out.logits;
    }

    private static void assertClose(float[] actual, int row, float[] expected, int expectedRow, float tolerance) {
        assertThat(Arrays.copyOfRange(actual, row * V, (row + 1) * V))
                .containsExactly(
                        Arrays.copyOfRange(expected, expectedRow * V, (expectedRow + 1) * V), within(tolerance));
    }

    private static double[] logSoftmax(float[] logits) {
        double sum = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i]))
                .sum();
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i] - Math.log(sum))
                .toArray();
    }

    private static int[] ids(int length, long seed) {
        return new SplittableRandom(seed).ints(length, 0, V).toArray();
    }

    private static int[] append(int[] ids, int id) {
        int[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return longer;
    }
}
