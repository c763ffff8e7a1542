package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final DistilConfig CONFIG = new DistilConfig(100, 16, 1e-3, 1, 0.6, Objective.forwardKl(4), 5);

    @Test
    void drawsTheReplayShareByItsWeights() {
        List<LabelledSequence> replay = new ArrayList<>(rows("", "order", 50));
        replay.addAll(rows("", "pay", 50));
        List<LabelledSequence> drawn =
                draw(new TrainingSnapshot(1, rows("a", "log", 50), replay, Map.of("order", 3.0)));
        assertThat(share(drawn, "log", false)).isCloseTo(0.4, within(0.01));
        assertThat(share(drawn, "order", false)).isCloseTo(0.45, within(0.04));
    }

    @Test
    void oneTenantGetsAtMostAQuarterOrItsEvenShare() {
        List<LabelledSequence> signals = new ArrayList<>(rows("loud", "log", 900));
        for (int i = 0; i < 7; i++) {
            signals.addAll(rows("quiet-" + i, "log", 10));
        }
        List<LabelledSequence> drawn = draw(new TrainingSnapshot(1, signals, List.of(), Map.of()));
        assertThat(share(drawn, "loud", true)).isCloseTo(0.25, within(0.03));
    }

    @Test
    void theRowsOfAStepDependOnNothingButTheStep() {
        TrainingSnapshot snapshot = new TrainingSnapshot(1, rows("a", "log", 50), rows("", "pay", 50), Map.of());
        BatchPlan walked = new BatchPlan(snapshot, CONFIG, 64);
        for (int step = 0; step < 41; step++) {
            walked.rows(step);
        }
        assertThat(walked.rows(41)).isEqualTo(new BatchPlan(snapshot, CONFIG, 64).rows(41));
        TrainingSnapshot next = new TrainingSnapshot(2, snapshot.signals(), snapshot.replay(), Map.of());
        assertThat(new BatchPlan(next, CONFIG, 64).rows(41)).isNotEqualTo(walked.rows(41));
    }

    @Test
    void laysPositionsAndLawsOut() {
        TeacherDistribution law = new TeacherDistribution(new int[] {1, 4, 6}, new float[] {-0.2f, -2f, -4f});
        LabelledSequence sparse = new LabelledSequence(
                "log", "a", new int[] {7, 8}, new int[] {3, 4, 5}, new int[] {1}, List.of(law), true);
        LabelledSequence pair = LabelledSequence.ofPair("log", new int[] {9}, new int[] {0});
        TrainingBatch batch = BatchPlan.batch(List.of(sparse, pair), 2);
        assertThat(batch.tokens().time()).isEqualTo(4);
        assertThat(batch.tokens().ids()).containsExactly(7, 8, 3, 4, 9, 0, 0, 0);
        // Position t predicts the token behind it: completion token 1 stands at 3, so 2 predicts it.
        assertThat(batch.tokens().positions()).containsExactly(2, 4);
        Targets.TopK laws = (Targets.TopK) batch.targets();
        assertThat(laws.ids()).containsExactly(1, 4, 0, 0);
        assertThat(laws.logProbabilities()).containsExactly(-0.2f, -2f, 0f, Targets.TopK.FILLER);
    }

    @Test
    void saysWhenNothingFitsTheContext() {
        TrainingSnapshot snapshot = new TrainingSnapshot(3, rows("a", "log", 5), List.of(), Map.of());
        assertThatThrownBy(() -> new BatchPlan(snapshot, CONFIG, 2))
                .hasMessageContaining("Round 3: none of 5 signals fits the context of 2 tokens");
    }

    private static List<LabelledSequence> draw(TrainingSnapshot snapshot) {
        BatchPlan plan = new BatchPlan(snapshot, CONFIG, 64);
        List<LabelledSequence> drawn = new ArrayList<>();
        for (int step = 0; step < 160; step++) {
            drawn.addAll(plan.rows(step));
        }
        return drawn;
    }

    private static double share(List<LabelledSequence> rows, String name, boolean tenant) {
        return rows.stream()
                .mapToInt(row -> (tenant ? row.tenant() : row.workload()).equals(name) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    private static List<LabelledSequence> rows(String tenant, String workload, int count) {
        List<LabelledSequence> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LabelledSequence pair = LabelledSequence.ofPair(workload, new int[] {i, 1}, new int[] {2, 0});
            rows.add(new LabelledSequence(
                    workload, tenant, pair.promptIds(), pair.tokenIds(), pair.positions(), pair.laws(), true));
        }
        return rows;
    }
}
