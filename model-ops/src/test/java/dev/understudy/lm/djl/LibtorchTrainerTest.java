package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.understudy.lm.Engine;
import dev.understudy.lm.Hyper;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.StepReport;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibtorchTrainerTest {
    private static final ModelShape TINY = new ModelShape(16, 2, 4, 2, 4, 24, 19, 32, true, 200, 1e-5);

    @Test
    void repeatedStepsLearnOneBatchByHeart() {
        try (Trainer trainer = Engine.installed().initialise(TINY, 1)) {
            TrainingBatch batch = batch(TINY, 2, 6, 1, 5);
            float[] certain = new float[batch.weights().length];
            TrainingBatch labels = new TrainingBatch(batch.tokens(), batch.weights(), 1, batch.topIds(), certain);
            for (int i = 0; i < 60; i++) {
                trainer.step(labels, Hyper.of(1e-2));
            }
            assertThat(trainer.step(labels, Hyper.of(1e-2)).loss()).isLessThan(0.1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twentyStepsEqualAScalarDoubleReference(boolean tied, @TempDir Path folder) {
        ModelShape shape = new ModelShape(8, 2, 4, 2, 4, 12, 13, 16, tied, 200, 1e-5);
        try (Trainer trainer = Engine.installed().initialise(shape, 11)) {
            trainer.saveModel(folder, Storage.FP32);
            DoubleReference reference = new DoubleReference(folder, shape);
            Hyper hyper = new Hyper(3e-3, 0.1, 1.0, 0.9, 0.98);
            for (int i = 0; i < 20; i++) {
                TrainingBatch batch = batch(shape, 2, 6, 1 + i % 4, 40 + i);
                StepReport expected = reference.step(batch, hyper);
                StepReport actual = trainer.step(batch, hyper);
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
                assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), withinPercentage(0.01));
            }
        }
    }

    @Test
    void refusesWeightsMassAndIdsThatCannotBeMeant() {
        try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
            TrainingBatch good = batch(TINY, 1, 4, 2, 5);
            float[] zero = new float[3];
            float[] certain = new float[6];
            int[] foreign = {1, 2, 3, 4, 5, 19};
            for (TrainingBatch bad : List.of(
                    new TrainingBatch(good.tokens(), zero, 2, good.topIds(), good.topLogProbabilities()),
                    new TrainingBatch(good.tokens(), good.weights(), 2, good.topIds(), certain),
                    new TrainingBatch(good.tokens(), good.weights(), 2, foreign, good.topLogProbabilities()))) {
                assertThatThrownBy(() -> trainer.step(bad, Hyper.of(1e-3)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("expected");
            }
            assertThat(trainer.steps()).isZero();
        }
    }

    @Test
    void threeThousandStepsDoNotGrowNativeMemory() throws IOException {
        ModelShape shape = new ModelShape(8, 1, 2, 1, 4, 12, 13, 16, true, 200, 1e-5);
        try (Trainer trainer = Engine.installed().initialise(shape, 11)) {
            long settled = 0;
            for (int i = 0; i < 3000; i++) {
                trainer.step(batch(shape, 2, 5 + i % 5, 2, i), Hyper.of(1e-3));
                if (i == 1000) {
                    settled = residentMegabytes();
                }
            }
            // without its scopes a step leaks three arrays, 68 MB a thousand steps; the Java heap may still grow a
            // little
            assertThat(residentMegabytes()).isLessThan(settled + 50);
        }
    }

    static long residentMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }

    @Test
    void resumedTrainingContinuesBitForBit(@TempDir Path folder) throws IOException {
        Engine engine = Engine.installed();
        List<StepReport> straight = new ArrayList<>();
        try (Trainer trainer = engine.initialise(TINY, 3)) {
            run(trainer, 5, straight);
            trainer.saveState(folder.resolve("state"));
            straight.clear();
            run(trainer, 5, straight);
            trainer.saveModel(folder.resolve("straight"), Storage.FP32);
        }
        List<StepReport> resumed = new ArrayList<>();
        try (Trainer trainer = engine.resume(folder.resolve("state"))) {
            assertThat(trainer.steps()).isEqualTo(5);
            run(trainer, 5, resumed);
            trainer.saveModel(folder.resolve("resumed"), Storage.FP32);
        }
        assertThat(resumed).isEqualTo(straight);
        assertThat(Files.mismatch(
                        folder.resolve("straight/model.safetensors"), folder.resolve("resumed/model.safetensors")))
                .isEqualTo(-1);
    }

    @Test
    void initialWeightsDependOnTheSeedOnly(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 3; i++) {
            try (Trainer trainer = Engine.installed().initialise(TINY, i / 2)) {
                trainer.saveModel(folder.resolve("" + i), Storage.BF16);
            }
        }
        assertThat(Files.mismatch(file(folder, 0), file(folder, 1))).isEqualTo(-1);
        assertThat(Files.mismatch(file(folder, 0), file(folder, 2))).isNotEqualTo(-1);
    }

    private static Path file(Path folder, int i) {
        return folder.resolve(i + "/model.safetensors");
    }

    @Test
    void aLossThatIsNotFiniteThrowsAndLeavesTheWeights(@TempDir Path folder) throws IOException {
        try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
            trainer.saveModel(folder.resolve("before"), Storage.FP32);
            TrainingBatch good = batch(TINY, 2, 8, 3, 5);
            float[] broken = good.topLogProbabilities().clone();
            broken[4] = Float.NEGATIVE_INFINITY;
            TrainingBatch bad = new TrainingBatch(good.tokens(), good.weights(), 3, good.topIds(), broken);
            assertThatThrownBy(() -> trainer.step(bad, Hyper.of(1e-2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("weights are unchanged");
            trainer.saveModel(folder.resolve("after"), Storage.FP32);
            assertThat(trainer.steps()).isZero();
        }
        assertThat(Files.mismatch(
                        folder.resolve("before/model.safetensors"), folder.resolve("after/model.safetensors")))
                .isEqualTo(-1);
    }

    private static void run(Trainer trainer, int steps, List<StepReport> reports) {
        for (int i = 0; i < steps; i++) {
            reports.add(trainer.step(batch(TINY, 3, 7 + i, 4, 100 + i), Hyper.of(1e-2 / (i + 1))));
        }
    }

    /** Random sequences; at every position but the last a random teacher law that stores half of its mass. */
    static TrainingBatch batch(ModelShape shape, int rows, int time, int k, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = random.ints((long) rows * time, 0, shape.vocabulary()).toArray();
        int n = rows * (time - 1);
        int[] positions = new int[n];
        int[] topIds = new int[n * k];
        float[] logs = new float[n * k];
        float[] weights = new float[n];
        for (int i = 0; i < n; i++) {
            positions[i] = i / (time - 1) * time + i % (time - 1);
            weights[i] = (float) random.nextDouble(0.1, 1);
            int start = random.nextInt(shape.vocabulary());
            for (int j = 0; j < k; j++) {
                topIds[i * k + j] = (start + j) % shape.vocabulary();
                logs[i * k + j] = (float) Math.log(0.5 / k);
            }
        }
        return new TrainingBatch(new TokenBatch(rows, time, ids, positions), weights, k, topIds, logs);
    }
}
