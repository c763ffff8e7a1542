package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Memory follows the tokens in use, and no move of a page changes what a row says. */
@TestInstance(Lifecycle.PER_CLASS)
class LibtorchCacheTest {
    /** Six positions a page. */
    private static final ModelShape SHAPE = new ModelShape(24, 2, 4, 2, 6, 40, 31, 600, false, 200, 1e-5);

    private static final int V = SHAPE.vocabulary();
    private static final int ROWS = 8;

    private final LanguageModel model;

    LibtorchCacheTest(@TempDir Path folder) {
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 3)) {
            trainer.saveModel(folder, Storage.FP32);
        }
        model = Engine.installed().open(folder, Kernel.FP32);
    }

    @AfterAll
    void close() {
        model.close();
    }

    @Test
    void oneLongRowDoesNotMakeTheOthersLong() {
        try (LibtorchCache cache = (LibtorchCache) model.newCache(ROWS)) {
            assertThat(cache.capacity()).isEqualTo(ROWS + 1);
            model.extend(cache, 0, new int[600], 1, new Scores(1, 2, 0));
            assertThat(cache.capacity()).isBetween(101, 202);
        }
    }

    @Test
    void drainedRowsGiveTheirMemoryBack() {
        try (LibtorchCache cache = (LibtorchCache) model.newCache(ROWS)) {
            for (int row = 0; row < ROWS; row++) {
                model.extend(cache, row, new int[300], 1, new Scores(1, 2, 0));
            }
            assertThat(cache.capacity()).isGreaterThan(400);
            for (int row = 0; row < ROWS; row++) {
                cache.truncate(row, row == 5 ? 13 : 0);
            }
            assertThat(cache.capacity()).isBetween(ROWS + 1, 4 * (ROWS + 1));
            cache.truncate(5, 0);
            assertThat(cache.capacity()).isEqualTo(ROWS + 1);
        }
    }

    @Test
    void aRowThatIsCutBetweenTwoStepsIsLookedUpAnew() {
        Scores out = new Scores(1, 2, V);
        Scores full = new Scores(1, 2, V);
        try (KvCache cache = model.newCache(1)) {
            model.extend(cache, 0, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, out);
            model.step(cache, new int[] {0}, new int[] {13}, 1, out);
            cache.truncate(0, 3);
            model.step(cache, new int[] {0}, new int[] {20}, 1, out);
        }
        model.score(new TokenBatch(1, 4, new int[] {1, 2, 3, 20}, new int[] {3}), full);
        assertThat(out.logits).containsExactly(full.logits, within(1e-4f));
    }

    @Test
    void rowsThatComeAndGoInAnyOrderSayWhatTheySayAlone() {
        SplittableRandom random = new SplittableRandom(12);
        int[][] tokens = new int[ROWS][0];
        Scores out = new Scores(ROWS, 2, V);
        int smallest = Integer.MAX_VALUE;
        int largest = 0;
        try (LibtorchCache cache = (LibtorchCache) model.newCache(ROWS)) {
            for (int turn = 0; turn < 300; turn++) {
                int row = random.nextInt(ROWS);
                // long lives early, short ones later, so that the pool grows and shrinks
                boolean end = tokens[row].length > (turn < 150 ? 250 : 20);
                if (end) {
                    int kept = random.nextInt(2) * random.nextInt(tokens[row].length);
                    cache.truncate(row, kept);
                    tokens[row] = Arrays.copyOf(tokens[row], kept);
                } else {
                    int[] block = random.ints(1 + random.nextInt(turn < 150 ? 60 : 9), 0, V)
                            .toArray();
                    model.extend(cache, row, block, 1, out);
                    tokens[row] = join(tokens[row], block);
                }
                step(cache, tokens, random, out);
                smallest = Math.min(smallest, cache.capacity());
                largest = Math.max(largest, cache.capacity());
            }
            assertThat(largest).isGreaterThan(8 * smallest);
        }
    }

    /** Steps a random choice of rows in random order and holds one of them against a full forward. */
    private void step(LibtorchCache cache, int[][] tokens, SplittableRandom random, Scores out) {
        int[] rows = new int[ROWS];
        int[] ids = new int[ROWS];
        int count = 0;
        int first = random.nextInt(ROWS);
        for (int i = 0; i < ROWS; i++) {
            int row = (first + 3 * i) % ROWS;
            if (random.nextBoolean()) {
                rows[count] = row;
                ids[count++] = random.nextInt(V);
            }
        }
        if (count == 0) {
            return;
        }
        model.step(cache, rows, ids, count, out);
        for (int i = 0; i < count; i++) {
            tokens[rows[i]] = join(tokens[rows[i]], ids[i]);
            assertThat(cache.length(rows[i])).isEqualTo(tokens[rows[i]].length);
        }
        int checked = random.nextInt(count);
        int[] whole = tokens[rows[checked]];
        float[] actual = Arrays.copyOfRange(out.logits, checked * V, (checked + 1) * V);
        Scores full = new Scores(1, 2, V);
        model.score(new TokenBatch(1, whole.length, whole, new int[] {whole.length - 1}), full);
        assertThat(actual).containsExactly(full.logits, within(1e-4f));
    }

    private static int[] join(int[] a, int... b) {
        int[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
