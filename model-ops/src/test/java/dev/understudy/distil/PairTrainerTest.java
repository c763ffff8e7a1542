package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.distil.PairTrainer.PairSource;
import dev.understudy.distil.PairTrainer.Plan;
import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairTrainerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private static final Plan PLAN = new Plan(new Schedule(40, 1e-2, 4, new Decay.Cosine(0.05)), 2, 7);

    @Test
    void predictsTheAnswerAndItsEndButNeverThePrompt() {
        List<Pair> pairs = List.of(
                new Pair(new int[] {5, 6, 7}, new int[] {8, 0}), new Pair(new int[] {9}, new int[] {10, 11, 0}));
        TrainingBatch batch = PairTrainer.batch(pairs);
        assertThat(batch.tokens().time()).isEqualTo(4);
        assertThat(batch.tokens().ids()).containsExactly(5, 6, 7, 8, 9, 10, 11, 0);
        assertThat(batch.tokens().positions()).containsExactly(2, 3, 4, 5, 6);
        assertThat(labels(batch)).containsExactly(8, 0, 10, 11, 0);
        assertThat(batch.weights()).containsOnly(1f);
    }

    @Test
    void seesEveryPairOfAPoolOnceInBatchesOfSimilarLength() {
        RecordingTrainer trainer = new RecordingTrainer(0);
        new PairTrainer(trainer, PLAN, source(), CLOCK).run(16, 16, progress -> {});
        List<Integer> seen = new ArrayList<>();
        for (TrainingBatch batch : trainer.batches) {
            seen.add(labels(batch)[0]);
            seen.add(labels(batch)[labels(batch).length / 2]);
        }
        PairSource again = source();
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            drawn.add(again.next().answer()[0]);
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(drawn);
        assertThat(trainer.batches.stream().map(batch -> batch.tokens().time()).distinct())
                .as("sorted by length, then shuffled")
                .hasSizeGreaterThan(2);
    }

    @Test
    void continuesWithTheSameBatchesAfterARestart() {
        RecordingTrainer whole = new RecordingTrainer(0);
        assertThat(new PairTrainer(whole, PLAN, source(), CLOCK).run(100, 10, progress -> {}))
                .isTrue();
        RecordingTrainer resumed = new RecordingTrainer(19);
        new PairTrainer(resumed, PLAN, source(), CLOCK).run(100, 10, progress -> {});
        assertThat(resumed.batches).hasSize(21);
        for (int i = 0; i < resumed.batches.size(); i++) {
            assertThat(resumed.batches.get(i).tokens().ids())
                    .isEqualTo(whole.batches.get(19 + i).tokens().ids());
        }
        assertThat(resumed.rates).isEqualTo(whole.rates.subList(19, 40));
    }

    @Test
    void reportsMeanLossAndWhatIsLeft() {
        List<TrainingProgress> reports = new ArrayList<>();
        boolean finished = new PairTrainer(new RecordingTrainer(0), PLAN, source(), CLOCK).run(15, 10, reports::add);
        assertThat(finished).isFalse();
        assertThat(reports).extracting(TrainingProgress::step).containsExactly(10L, 15L);
        assertThat(reports).extracting(TrainingProgress::loss).containsExactly(5.5, 13.0);
    }

    @Test
    void refusesAPlanWithoutSequences() {
        assertThatThrownBy(() -> new Plan(PLAN.schedule(), 0, 1)).hasMessageContaining("0 sequences a step");
        assertThatThrownBy(() -> new Pair(new int[0], new int[] {1})).hasMessageContaining("0 prompt");
    }

    private static int[] labels(TrainingBatch batch) {
        return ((Targets.Labels) batch.targets()).ids();
    }

    /** Answers of one label and one end token of equal id, so that the middle of the labels is the second row's. */
    private static PairSource source() {
        SplittableRandom random = new SplittableRandom(3);
        return () -> {
            int[] prompt = new int[random.nextInt(1, 9)];
            Arrays.fill(prompt, 1);
            int label = random.nextInt(10, 1_000_000);
            return new Pair(prompt, new int[] {label, label});
        };
    }

    /** Remembers what it is given; the loss of step n is n. */
    private static final class RecordingTrainer implements Trainer {
        final List<TrainingBatch> batches = new ArrayList<>();
        final List<Double> rates = new ArrayList<>();
        private long steps;

        RecordingTrainer(long steps) {
            this.steps = steps;
        }

        @Override
        public ModelShape shape() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public StepReport step(List<TrainingBatch> parts, TokenLoss loss, Hyper hyper) {
            batches.addAll(parts);
            rates.add(hyper.learningRate());
            return new StepReport(++steps, 1);
        }

        @Override
        public void saveModel(Path directory, Storage storage) {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public void saveState(Path directory) {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
