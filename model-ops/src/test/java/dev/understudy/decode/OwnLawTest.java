package dev.understudy.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.lm.Scores;
import org.junit.jupiter.api.Test;

class OwnLawTest {
    private static final AskEntries ENTRIES =
            new AskEntries(1, new double[] {0.1, 0.2, 0.3}, new int[] {4, 5, 6}, Trace.NONE);
    private static final int V = 7;

    private final Scores scores = new Scores(2, 2, V);
    private final double[] asking = new double[2];

    @Test
    void isTheSoftmaxOverWhatIsLeft() {
        double[] own = {0.25, 0.6, 0.15};
        float[] logits = {
            (float) (2 + Math.log(own[0])), 9, (float) (2 + Math.log(own[1])), (float) (2 + Math.log(own[2])), 8, 7, 11
        };
        System.arraycopy(logits, 0, scores.logits, V, V);
        new OwnLaw(ENTRIES, V).take(scores, 2, asking);

        assertThat(scores.argmax[1]).isEqualTo(2);
        assertThat(scores.topIds[2]).isEqualTo(2);
        assertThat(scores.topIds[3]).isZero();
        assertThat(scores.confidence(1)).isCloseTo(0.6, within(1e-6));
        assertThat(scores.topLogProbabilities[3]).isCloseTo((float) Math.log(0.25), within(1e-6f));
        double entropy = 0;
        for (double p : own) {
            entropy -= p * Math.log(p);
        }
        assertThat((double) scores.entropy[1]).isCloseTo(entropy, within(1e-6));
        // u = e^9 / (e^9 + e^2), without the budget's entries
        assertThat(asking[1]).isCloseTo(7, within(1e-6));
    }

    @Test
    void leavesNoEntryThatCouldBeDrawn() {
        new OwnLaw(ENTRIES, V).take(scores, 2, asking);
        for (int v = 0; v < V; v++) {
            assertThat(scores.logits[v] == Float.NEGATIVE_INFINITY)
                    .as("entry %d", v)
                    .isEqualTo(ENTRIES.has(v));
        }
        assertThat(scores.entropy[0]).isCloseTo((float) Math.log(3), within(1e-6f));
    }
}
