package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten distillation steps between two families, with the losses and the logits of the reference library. */
class TrainGoldenTest {
    private static final double TOLERANCE = 1e-5;

    private final JsonNode golden = Fixtures.json("train_golden.json");

    @Test
    void tenStepsWithALiveTeacherAreThoseOfTheReference(@TempDir Path folder) {
        List<StepReport> seen = new ArrayList<>();
        try (LanguageModel teacher = teacher();
                Trainer trainer = Engine.installed().trainer(Fixtures.directory("mistral_f32"))) {
            for (JsonNode step : golden.path("steps")) {
                TokenBatch tokens = tokens(step, true);
                seen.add(trainer.step(
                        new TrainingBatch(tokens, ones(tokens), new Targets.Live(teacher, tokens)), hyper(0.1)));
            }
            trainer.saveModel(folder, Storage.FP32);
        }
        check(seen);
        checkLogits(folder);
    }

    @Test
    void weightsOfZeroAreTheMaskAndRecordedLawsAreTheLiveOnes() {
        List<StepReport> seen = new ArrayList<>();
        try (LanguageModel teacher = teacher();
                Trainer trainer = Engine.installed().trainer(Fixtures.directory("mistral_f32"))) {
            int vocabulary = teacher.shape().vocabulary();
            for (JsonNode step : golden.path("steps")) {
                TokenBatch tokens = tokens(step, false);
                int n = tokens.positions().length;
                Scores scores = new Scores(n, 2, vocabulary);
                teacher.score(tokens, scores);
                float[] mask = new float[n];
                IntStream.range(0, n).forEach(i -> mask[i] = counts(step, i) ? 1 : 0);
                seen.add(trainer.step(
                        new TrainingBatch(tokens, mask, new Targets.Whole(vocabulary, scores.logits)), hyper(0.1)));
            }
        }
        check(seen);
    }

    @Test
    void theStepsMissWhenGainsDoNotDecay() {
        double last = 0;
        try (LanguageModel teacher = teacher();
                Trainer trainer = Engine.installed().trainer(Fixtures.directory("mistral_f32"))) {
            for (JsonNode step : golden.path("steps")) {
                TokenBatch tokens = tokens(step, true);
                TrainingBatch batch = new TrainingBatch(tokens, ones(tokens), new Targets.Live(teacher, tokens));
                last = trainer.step(List.of(batch), TokenLoss.FORWARD_KL, hyper(0))
                        .loss();
            }
        }
        assertThat(Math.abs(last - golden.path("steps").path(9).path("loss").asDouble()))
                .isGreaterThan(5 * TOLERANCE);
    }

    private void check(List<StepReport> seen) {
        assertThat(seen).hasSize(10);
        for (int i = 0; i < 10; i++) {
            JsonNode step = golden.path("steps").path(i);
            assertThat(seen.get(i).loss())
                    .as("step %d", i)
                    .isCloseTo(step.path("loss").asDouble(), within(TOLERANCE));
            assertThat(seen.get(i).gradientNorm())
                    .as("step %d", i)
                    .isCloseTo(step.path("grad_norm").asDouble(), withinPercentage(0.01));
        }
    }

    private void checkLogits(Path folder) {
        JsonNode after = golden.path("logits_after");
        int[] ids = Fixtures.ints(after.path("ids"));
        try (LanguageModel student = Engine.installed().open(folder, Kernel.FP32)) {
            int vocabulary = student.shape().vocabulary();
            Scores scores = new Scores(ids.length, 2, vocabulary);
            student.score(
                    new TokenBatch(
                            1, ids.length, ids, IntStream.range(0, ids.length).toArray()),
                    scores);
            for (int i = 0; i < scores.logits.length; i++) {
                double expected = after.path("logits")
                        .path(i / vocabulary)
                        .path(i % vocabulary)
                        .asDouble();
                assertThat((double) scores.logits[i]).isCloseTo(expected, within(2e-4));
            }
        }
    }

    private static LanguageModel teacher() {
        return Engine.installed().open(Fixtures.directory("llama_rope3_sharded_f32"), Kernel.FP32);
    }

    private static Hyper hyper(double gainDecay) {
        return new Hyper(3e-3, 0.1, gainDecay, 1.0, 0.9, 0.95);
    }

    private static float[] ones(TokenBatch tokens) {
        float[] ones = new float[tokens.positions().length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static boolean counts(JsonNode step, int position) {
        return step.path("mask").path(position / 16).path(position % 16).asInt() == 1;
    }

    /** All sequences of a step, at the positions that count or at all of them. */
    private static TokenBatch tokens(JsonNode step, boolean counted) {
        int[] ids = IntStream.range(0, 3 * 16)
                .map(i -> step.path("ids").path(i / 16).path(i % 16).asInt())
                .toArray();
        int[] positions = IntStream.range(0, ids.length)
                .filter(i -> !counted || counts(step, i))
                .toArray();
        return new TokenBatch(3, 16, ids, positions);
    }
}
