package dev.understudy.distil.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairBatchesTest {
    private static final int VOCABULARY = 30;

    private final Path file;
    private final PairSet set = set(70);

    PairBatchesTest(@TempDir Path folder) {
        file = folder.resolve("laws.bin");
    }

    @Test
    void everyPairIsSeenOnceAnEpochInBatchesOfSimilarLength() {
        EpochPlan plan = new EpochPlan(lengths(), 7, 5);
        List<Integer> seen = new ArrayList<>();
        int padded = 0;
        // 80 steps of 7 are five whole pools and eight whole epochs
        for (int step = 0; step < 80; step++) {
            int[] rows = plan.rows(step);
            assertThat(rows).hasSize(7);
            Arrays.stream(rows).forEach(seen::add);
            int longest = Arrays.stream(rows).map(row -> lengths()[row]).max().orElseThrow();
            padded += Arrays.stream(rows).map(row -> longest - lengths()[row]).sum();
        }
        int total = 8 * Arrays.stream(lengths()).sum();
        assertThat(padded).as("padding").isLessThan(total / 10);
        for (int pair = 0; pair < 70; pair++) {
            int number = pair;
            long times = seen.stream().filter(one -> one == number).count();
            assertThat(times).as("pair %d in eight epochs", pair).isEqualTo(8);
        }
    }

    @Test
    void whatAStepSeesDependsOnTheSeedAndTheStepAlone() {
        EpochPlan walked = new EpochPlan(lengths(), 7, 5);
        for (int step = 0; step < 41; step++) {
            walked.rows(step);
        }
        assertThat(walked.rows(41)).isEqualTo(new EpochPlan(lengths(), 7, 5).rows(41));
        assertThat(walked.rows(41)).isNotEqualTo(new EpochPlan(lengths(), 7, 6).rows(41));
    }

    @Test
    void aStepInPartsHoldsTheSameRows() {
        List<TrainingBatch> whole =
                PairBatches.labels(set, new PairBatches.Sizes(7, 1, 5)).parts(3);
        List<TrainingBatch> parts =
                PairBatches.labels(set, new PairBatches.Sizes(7, 3, 5)).parts(3);
        assertThat(whole).hasSize(1);
        assertThat(parts).extracting(part -> part.tokens().rows()).containsExactly(3, 3, 1);
        assertThat(parts.stream()
                        .flatMapToInt(part -> Arrays.stream(((Targets.Labels) part.targets()).ids()))
                        .toArray())
                .isEqualTo(((Targets.Labels) whole.get(0).targets()).ids());
    }

    @Test
    void recordedLawsAreWhatTheTeacherSaysAtEveryAnswerToken() throws IOException {
        try (LanguageModel teacher = teacher();
                RecordedLaws laws = RecordedLaws.open(file, set, 4)) {
            laws.record(teacher, done -> {}, () -> false);
            TrainingBatch batch = PairBatches.laws(set, laws, new PairBatches.Sizes(5, 1, 5))
                    .parts(2)
                    .get(0);
            Targets.TopK recorded = (Targets.TopK) batch.targets();
            TokenBatch tokens = batch.tokens();
            Scores asked = new Scores(tokens.positions().length, 4, 0);
            teacher.score(tokens, asked);
            assertThat(recorded.ids()).isEqualTo(asked.topIds);
            assertThat(recorded.logProbabilities()).isEqualTo(asked.topLogProbabilities);
        }
    }

    @Test
    void anInterruptedRecordingGoesOnWhereItStopped() throws IOException {
        List<Long> told = new ArrayList<>();
        try (LanguageModel teacher = teacher()) {
            try (RecordedLaws laws = RecordedLaws.open(file, set, 4)) {
                laws.record(teacher, told::add, () -> !told.isEmpty());
                assertThat(laws.isComplete()).isFalse();
                assertThatThrownBy(() -> PairBatches.laws(set, laws, new PairBatches.Sizes(5, 1, 5)))
                        .hasMessageContaining("not complete");
            }
            try (RecordedLaws laws = RecordedLaws.open(file, set, 4)) {
                laws.record(teacher, told::add, () -> false);
                assertThat(laws.isComplete()).isTrue();
            }
            assertThat(told).containsExactly(32L, 64L, 70L);
            byte[] resumed = Files.readAllBytes(file);
            Files.delete(file);
            try (RecordedLaws laws = RecordedLaws.open(file, set, 4)) {
                laws.record(teacher, done -> {}, () -> false);
            }
            assertThat(Files.readAllBytes(file)).isEqualTo(resumed);
        }
    }

    @Test
    void lawsOfOtherPairsAreRefused() throws IOException {
        RecordedLaws.open(file, set, 4).close();
        assertThatThrownBy(() -> RecordedLaws.open(file, set(69), 4).close())
                .hasMessageContaining("found 70 pairs with top-4, expected 69 with top-4");
        Files.write(file, new byte[40]);
        assertThatThrownBy(() -> RecordedLaws.open(file, set, 4).close()).hasMessageContaining("delete the file");
    }

    private static LanguageModel teacher() {
        return new ScriptedLanguageModel(
                VOCABULARY,
                64,
                tokens -> new ScriptedLanguageModel.Law(ScriptedLanguageModel.hash(tokens, 3) % VOCABULARY, 0.6));
    }

    private int[] lengths() {
        return set.pairs().stream().mapToInt(Pair::length).toArray();
    }

    private static PairSet set(int count) {
        SplittableRandom random = new SplittableRandom(9);
        List<Pair> pairs = IntStream.range(0, count)
                .mapToObj(i -> new Pair(
                        random.ints(random.nextInt(1, 20), 0, VOCABULARY).toArray(),
                        random.ints(random.nextInt(1, 9), 0, VOCABULARY).toArray()))
                .toList();
        return new PairSet(pairs, List.of());
    }
}
