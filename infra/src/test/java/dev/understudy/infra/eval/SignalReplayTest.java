package dev.understudy.infra.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.gate.replay.Replay.Outcome;
import dev.understudy.infra.bench.BenchShape;
import dev.understudy.infra.eval.SignalReplay.Policy;
import dev.understudy.infra.eval.SignalReplay.Question;
import dev.understudy.infra.eval.SignalReplay.Result;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.engine.Engine;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sequences of ten tokens that the student wrote; where it was unsure, at a fifth of them, it was wrong. */
class SignalReplayTest {
    private static final int SEQUENCES = 200;
    private static final int TOKENS = 10;

    private final List<Intervention> signals = new ArrayList<>();

    SignalReplayTest() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < SEQUENCES; i++) {
            signals.add(signal("p-" + i, random));
        }
    }

    @Test
    void anotherShareIsAnsweredFromTheRecords() {
        Result result = replay(new Question(Policy.RECORDED, List.of(0.0, 0.2), List.of(0.5)), null);

        assertThat(result.whole()).isEqualTo(SEQUENCES);
        assertThat(result.outcomes()).hasSize(3);
        Outcome alone = result.outcomes().get(0);
        assertThat(alone.share().likely()).isZero();
        assertThat(alone.agreement().high()).isLessThan(0.25);
        Outcome asking = result.outcomes().get(2);
        assertThat(asking.share().likely()).isEqualTo(0.2, within(0.03));
        assertThat(asking.agreement().likely()).isEqualTo(1);
        assertThat(asking.known())
                .as("a text that was wrong somewhere would have gone on otherwise")
                .isLessThan(0.25);
        assertThat(asking.agreement().low()).isLessThan(0.25);
    }

    @Test
    void confidenceIsTheRecordedPolicyHereAndRandomIsWorse() {
        Question half = new Question(Policy.CONFIDENCE, List.of(0.2), List.of());
        Result random = replay(new Question(Policy.RANDOM, List.of(0.2), List.of()), null);

        assertThat(replay(half, null)).isEqualTo(replay(new Question(Policy.RECORDED, List.of(0.2), List.of()), null));
        assertThat(random.outcomes().get(0).agreement().likely()).isLessThan(0.4);
    }

    @Test
    void whatIsNotRecordedIsSaid() {
        assertThatThrownBy(() -> replay(new Question(Policy.ENTROPY, List.of(0.1), List.of()), null))
                .hasMessageContaining("not its entropy")
                .hasMessageContaining("--model");
    }

    @Test
    void anotherStudentIsScoredOnTheRecordedTexts(@TempDir Path folder) {
        Engine engine = Engine.installed();
        BenchShape.TINY.write(engine, folder);
        try (LanguageModel stranger = engine.open(folder, Kernel.FP32)) {
            for (Policy policy : Policy.values()) {
                Result result = replay(new Question(policy, List.of(0.1), List.of()), stranger);

                assertThat(result.whole()).isEqualTo(SEQUENCES);
                assertThat(result.outcomes().get(0).share().likely()).isEqualTo(0.1, within(0.01));
                assertThat(result.outcomes().get(0).agreement().likely())
                        .as("random weights agree with nobody")
                        .isLessThan(0.1);
            }
        }
    }

    private Result replay(Question question, @Nullable LanguageModel student) {
        Map<String, Result> results = SignalReplay.replay(signals, question, student);
        assertThat(results).containsOnlyKeys("order");
        return Objects.requireNonNull(results.get("order"));
    }

    private static Intervention signal(String id, SplittableRandom random) {
        int[] tokens = new int[TOKENS];
        float[] confidence = new float[TOKENS];
        float[] difficulty = new float[TOKENS];
        List<TeacherDistribution> laws = new ArrayList<>();
        for (int t = 0; t < TOKENS; t++) {
            boolean unsure = random.nextInt(5) == 0;
            tokens[t] = 5 + random.nextInt(100);
            confidence[t] = (float) (unsure ? 0.3 : 0.9 + 0.05 * random.nextDouble());
            difficulty[t] = 1 - confidence[t];
            laws.add(new TeacherDistribution(new int[] {tokens[t] + (unsure ? 1 : 0)}, new float[] {-0.01f}));
        }
        return new Intervention(
                id,
                "acme",
                "order",
                new int[] {1, 2, 3},
                tokens,
                Collections.nCopies(TOKENS, Author.STUDENT),
                tokens,
                confidence,
                difficulty,
                laws,
                1,
                "v1",
                "teacher",
                "f",
                true);
    }
}
