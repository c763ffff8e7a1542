package dev.understudy.distil.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemonstrationTest {
    private static final int ASK = 20;
    private static final int BUDGET = 22;

    private static final RowExample EXAMPLE = new RowExample(
            new int[] {1, 2},
            new int[] {5, 6, 7},
            List.of(law(5, 3), law(4, 6), law(7, 3)),
            new double[] {0, 9, 0},
            new boolean[] {true, true, true});
    private static final boolean[] SECOND = {false, true, false};

    private static TeacherDistribution law(int first, int second) {
        return new TeacherDistribution(
                new int[] {first, second}, new float[] {(float) Math.log(0.75), (float) Math.log(0.125)});
    }

    private static Demonstration demonstration(Trace trace, boolean... asks) {
        AskEntries entries = new AskEntries(ASK, new double[] {0.1}, new int[] {BUDGET}, trace);
        return Demonstration.of(EXAMPLE, entries, BUDGET, asks);
    }

    @Test
    void theTextGoesOnWithTheTeachersTokenAlone() {
        Demonstration demonstration = demonstration(Trace.NONE, SECOND);
        assertThat(demonstration.ids()).containsExactly(BUDGET, 1, 2, 5, 6);
        assertThat(demonstration.places()).containsExactly(2, 3, 4);
    }

    @Test
    void withoutABudgetItReadsWhatItAlwaysRead() {
        AskEntries entries = new AskEntries(ASK, new double[] {0.1}, new int[] {BUDGET}, Trace.NONE);
        Demonstration demonstration = Demonstration.of(EXAMPLE, entries, -1, new boolean[3]);
        assertThat(demonstration.ids()).containsExactly(1, 2, 5, 6);
        assertThat(demonstration.places()).containsExactly(1, 2, 3);
    }

    @Test
    void anAskThatIsKeptIsReadBeforeItAndNothingIsLearntThere() {
        Demonstration demonstration = demonstration(Trace.KEPT, SECOND);
        assertThat(demonstration.ids()).containsExactly(BUDGET, 1, 2, 5, ASK, 6);
        // index 4, the ask itself, is followed by what the teacher writes
        assertThat(demonstration.places()).containsExactly(2, 3, 5);
    }

    @Test
    void eachPlaceLearnsTheAskOrTheLawThatStandsThere() {
        TrainingBatch batch = Demonstration.batch(
                List.of(demonstration(Trace.NONE, SECOND), demonstration(Trace.KEPT, false, false, true)), ASK, 2);

        assertThat(batch.tokens().time()).isEqualTo(5);
        assertThat(batch.tokens().positions()).containsExactly(2, 3, 4, 7, 8, 9);
        assertThat(batch.weights()).containsOnly(1);
        Targets.TopK laws = (Targets.TopK) batch.targets();
        double[][] expected = {{0, 0.75, 3}, {1, 0, 0}, {0, 0.75, 7}, {0, 0.75, 5}, {0, 0.75, 4}, {1, 0, 0}};
        int[][] ids = {{5, 3}, {}, {7, 3}, {5, 3}, {4, 6}, {}};
        for (int n = 0; n < expected.length; n++) {
            assertThat(mass(laws, n, ASK)).as("ask at %d", n).isCloseTo(expected[n][0], within(1e-6));
            if (ids[n].length > 0) {
                assertThat(mass(laws, n, ids[n][0])).as("first at %d", n).isCloseTo(0.75, within(1e-6));
                assertThat(mass(laws, n, ids[n][1])).as("second at %d", n).isCloseTo(0.125, within(1e-6));
            }
        }
    }

    @Test
    void theAskTokenDoesNotHideAmongWhatIsNotStored() {
        TrainingBatch batch = Demonstration.batch(List.of(demonstration(Trace.NONE, false, false, false)), ASK, 2);
        Targets.TopK laws = (Targets.TopK) batch.targets();
        assertThat(laws.k()).isEqualTo(3);
        for (int n = 0; n < laws.count(); n++) {
            int[] stored = Arrays.copyOfRange(laws.ids(), 3 * n, 3 * n + 3);
            assertThat(stored).contains(ASK);
            // not a filler, which counts as not there
            assertThat(laws.logProbabilities()[3 * n]).isBetween(-100f, -30f);
        }
    }

    private static double mass(Targets.TopK laws, int n, int id) {
        double mass = 0;
        for (int i = 0; i < laws.k(); i++) {
            int at = n * laws.k() + i;
            mass += laws.ids()[at] == id ? Math.exp(laws.logProbabilities()[at]) : 0;
        }
        return mass;
    }
}
