package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibtorchTrainerTest {
    private static final ModelShape TINY = new ModelShape(16, 2, 4, 2, 4, 24, 19, 32, true, 200, 1e-5);

    @Test
    void repeatedStepsLearnOneBatchByHeart() {
        try (Trainer trainer = Engine.installed().initialise(TINY, 1)) {
            TrainingBatch labels = labels(TINY, 2, 6, 5);
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
            Hyper hyper = new Hyper(3e-3, 0.1, 0.02, 1.0, 0.9, 0.98);
            for (int i = 0; i < 20; i++) {
                TrainingBatch batch = batch(shape, 2, 6, 1 + i % 4, 40 + i);
                StepReport expected = reference.step(batch, hyper);
                StepReport actual = trainer.step(batch, hyper);
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
                assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), withinPercentage(0.01));
            }
        }
    }

    static Stream<TokenLoss> losses() {
        return Stream.of(
                TokenLoss.FORWARD_KL,
                new TokenLoss(TokenLoss.Term.ABSENT, new TokenLoss.Term(1, 1), 1),
                new TokenLoss(new TokenLoss.Term(0.3, 0.3), new TokenLoss.Term(0.7, 0.3), 1),
                new TokenLoss(new TokenLoss.Term(1, 0.1), TokenLoss.Term.ABSENT, 1),
                new TokenLoss(TokenLoss.Term.ABSENT, new TokenLoss.Term(1, 0.9), 1));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void everyLossOnEveryKindOfTargetEqualsTheReference(TokenLoss loss, @TempDir Path folder) {
        ModelShape shape = new ModelShape(8, 2, 4, 2, 4, 12, 13, 16, false, 200, 1e-5);
        try (Trainer trainer = Engine.installed().initialise(shape, 11)) {
            trainer.saveModel(folder, Storage.FP32);
            DoubleReference reference = new DoubleReference(folder, shape);
            Hyper hyper = Hyper.of(3e-3);
            for (int i = 0; i < 6; i++) {
                List<TrainingBatch> parts = List.of(
                        filled(batch(shape, 2, 6, 3, 40 + i)), labels(shape, 1, 4, 60 + i), whole(shape, 1, 3, 80 + i));
                StepReport expected = reference.step(parts, loss, hyper);
                StepReport actual = trainer.step(parts, loss, hyper);
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
                assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), withinPercentage(0.01));
            }
        }
    }

    /** Every third position stores one id less, the place taken by a filler. */
    private static TrainingBatch filled(TrainingBatch batch) {
        Targets.TopK laws = (Targets.TopK) batch.targets();
        int[] ids = laws.ids().clone();
        float[] logs = laws.logProbabilities().clone();
        for (int i = laws.k() - 1; i < ids.length; i += 3 * laws.k()) {
            ids[i] = ids[i - 1];
            logs[i] = Targets.TopK.FILLER;
        }
        return with(batch, new Targets.TopK(laws.k(), ids, logs));
    }

    @Test
    void partsGiveTheStepOfTheWholeBatch(@TempDir Path folder) throws IOException {
        TrainingBatch big = batch(TINY, 6, 7, 4, 9);
        List<TrainingBatch> parts = List.of(rows(big, 0, 1), rows(big, 1, 4), rows(big, 4, 6));
        List<float[]> ends = new ArrayList<>();
        for (List<TrainingBatch> steps : List.of(List.of(big), parts)) {
            try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
                StepReport report = trainer.step(steps, TokenLoss.FORWARD_KL, Hyper.of(1e-2));
                trainer.step(steps, TokenLoss.FORWARD_KL, Hyper.of(1e-2));
                trainer.saveModel(folder, Storage.FP32);
                ends.add(new float[] {(float) report.loss(), (float) report.gradientNorm()});
                ends.add(new ModelDirectory(folder)
                        .tensor("model.embed_tokens.weight", 19, 16)
                        .values());
            }
        }
        assertThat(ends.get(2)).containsExactly(ends.get(0), within(1e-5f));
        assertThat(ends.get(3)).containsExactly(ends.get(1), within(1e-5f));
    }

    /** With 5,000 ids the head takes 64 positions at a time: three pieces of the whole batch, one of each part. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHeadThatTakesThePositionsInPiecesLearnsTheSame(boolean tied) {
        ModelShape shape = new ModelShape(8, 1, 2, 1, 4, 12, 5_000, 16, tied, 200, 1e-5);
        TrainingBatch big = batch(shape, 24, 7, 4, 9);
        float[] logs = ((Targets.TopK) big.targets()).logProbabilities();
        for (int i = 0; i < logs.length; i++) {
            logs[i] -= 0.1f * (i / 4 % 5);
        }
        List<List<StepReport>> reports = new ArrayList<>();
        for (List<TrainingBatch> steps :
                List.of(List.of(big), List.of(rows(big, 0, 8), rows(big, 8, 16), rows(big, 16, 24)))) {
            try (Trainer trainer = Engine.installed().initialise(shape, 3)) {
                Hyper hyper = Hyper.of(1e-2);
                reports.add(List.of(
                        trainer.step(steps, TokenLoss.FORWARD_KL, hyper),
                        trainer.step(steps, TokenLoss.FORWARD_KL, hyper)));
            }
        }
        for (int i = 0; i < 2; i++) {
            StepReport whole = reports.get(0).get(i);
            StepReport pieces = reports.get(1).get(i);
            assertThat(whole.loss()).isCloseTo(pieces.loss(), within(1e-5));
            assertThat(whole.gradientNorm()).isCloseTo(pieces.gradientNorm(), within(1e-5));
        }
    }

    @Test
    void partsMissTheStepOfTheWholeBatchWhenEachIsAMeanOfItsOwn() {
        TrainingBatch big = batch(TINY, 6, 7, 4, 9);
        double mean = 0;
        for (TrainingBatch part : List.of(rows(big, 0, 1), rows(big, 1, 4), rows(big, 4, 6))) {
            try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
                mean += trainer.step(part, Hyper.of(1e-2)).loss() / 3;
            }
        }
        try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
            assertThat(Math.abs(trainer.step(big, Hyper.of(1e-2)).loss() - mean))
                    .isGreaterThan(1e-4);
        }
    }

    /** Rows {@code from} to {@code to} of a batch that is labelled at all positions but the last of each row. */
    private static TrainingBatch rows(TrainingBatch batch, int from, int to) {
        int time = batch.tokens().time();
        int labels = time - 1;
        Targets.TopK laws = (Targets.TopK) batch.targets();
        int[] positions = Arrays.copyOf(batch.tokens().positions(), (to - from) * labels);
        return new TrainingBatch(
                new TokenBatch(
                        to - from, time, Arrays.copyOfRange(batch.tokens().ids(), from * time, to * time), positions),
                Arrays.copyOfRange(batch.weights(), from * labels, to * labels),
                new Targets.TopK(
                        laws.k(),
                        Arrays.copyOfRange(laws.ids(), from * labels * laws.k(), to * labels * laws.k()),
                        Arrays.copyOfRange(laws.logProbabilities(), from * labels * laws.k(), to * labels * laws.k())));
    }

    @Test
    void refusesWeightsMassAndIdsThatCannotBeMeant() {
        try (Trainer trainer = Engine.installed().initialise(TINY, 3)) {
            TrainingBatch good = batch(TINY, 1, 4, 2, 5);
            Targets.TopK laws = (Targets.TopK) good.targets();
            float[] broken = laws.logProbabilities().clone();
            broken[4] = Float.NEGATIVE_INFINITY;
            int[] foreign = {1, 2, 3, 4, 5, 19};
            TrainingBatch masked = new TrainingBatch(good.tokens(), new float[3], laws);
            assertThatThrownBy(() -> trainer.step(masked, Hyper.of(1e-3))).hasMessageContaining("expected above 0");
            for (TrainingBatch bad : List.of(
                    new TrainingBatch(good.tokens(), new float[] {1, -1, 1}, laws),
                    with(good, new Targets.TopK(2, laws.ids(), new float[6])),
                    with(good, new Targets.TopK(2, laws.ids(), broken)),
                    with(good, new Targets.TopK(2, foreign, laws.logProbabilities())),
                    with(good, new Targets.Labels(new int[] {1, 2, 19})),
                    with(good, new Targets.Whole(18, new float[3 * 18])))) {
                assertThatThrownBy(() -> trainer.step(List.of(good, bad), TokenLoss.FORWARD_KL, Hyper.of(1e-3)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("expected");
            }
            assertThatThrownBy(() -> trainer.step(List.of(good), TokenLoss.FORWARD_KL.at(2), Hyper.of(1e-3)))
                    .hasMessageContaining("expected whole laws");
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
            int n = good.weights().length;
            float[] broken = new float[n * TINY.vocabulary()];
            broken[40] = Float.NaN;
            TrainingBatch bad = with(good, new Targets.Whole(TINY.vocabulary(), broken));
            for (List<TrainingBatch> parts : List.of(List.of(bad), List.of(good, bad), List.of(bad, good))) {
                assertThatThrownBy(() -> trainer.step(parts, TokenLoss.FORWARD_KL, Hyper.of(1e-2)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("weights are unchanged");
            }
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
        return new TrainingBatch(
                new TokenBatch(rows, time, ids, positions), weights, new Targets.TopK(k, topIds, logs));
    }

    /** The same sequences with one label a position. */
    static TrainingBatch labels(ModelShape shape, int rows, int time, long seed) {
        TrainingBatch batch = batch(shape, rows, time, 1, seed);
        return with(batch, new Targets.Labels(((Targets.TopK) batch.targets()).ids()));
    }

    /** The same sequences with a random law over all ids. */
    static TrainingBatch whole(ModelShape shape, int rows, int time, long seed) {
        TrainingBatch batch = batch(shape, rows, time, 1, seed);
        SplittableRandom random = new SplittableRandom(seed);
        float[] logits = new float[batch.weights().length * shape.vocabulary()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextDouble(-3, 3);
        }
        return with(batch, new Targets.Whole(shape.vocabulary(), logits));
    }

    static TrainingBatch with(TrainingBatch batch, Targets targets) {
        return new TrainingBatch(batch.tokens(), batch.weights(), targets);
    }
}
