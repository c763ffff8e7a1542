package dev.understudy.decode.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskStep;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import dev.understudy.lm.shape.ModelShape;
import org.junit.jupiter.api.Test;

class AskHeadTest {
    private static final int HIDDEN = 4;
    private static final ModelShape SHAPE = new ModelShape(HIDDEN, 1, 1, 1, 4, 4, 10, 32, true, 10_000, 1e-5);
    private static final AskLevels LEVELS =
            new AskLevels(new double[] {0.1, 0.3}, new double[] {0.3, 0.01}, new double[] {0.1, 0.3});

    /** Two rows; the first hidden number of row i is {@code doubts[i]}. */
    private static AskStep step(double... doubts) {
        AskStep step = new AskStep(doubts.length);
        Scores scores = Scores.of(SHAPE, doubts.length, 2, Extra.HIDDEN);
        for (int i = 0; i < doubts.length; i++) {
            scores.hidden[i * HIDDEN] = (float) doubts[i];
            scores.topLogProbabilities[2 * i] = (float) Math.log(0.75);
            scores.topLogProbabilities[2 * i + 1] = (float) Math.log(0.25);
            step.position[i] = 5 * i;
            step.level[i] = 1;
        }
        scores.filled(doubts.length);
        step.take(scores, doubts.length);
        return step;
    }

    @Test
    void inputsAreTheHiddenStateFourFiguresAndTheProgress() {
        AskStep step = step(0.5, -2);
        step.scores().entropy[1] = 0.6f;
        float[] input = new float[AskInput.width(HIDDEN)];
        AskInput.fill(step.scores(), 1, 5, input, 0);

        assertThat(input).hasSize(9);
        assertThat(input[0]).isEqualTo(-2);
        assertThat(input[4]).isCloseTo(0.75f, within(1e-6f));
        assertThat(input[5]).isCloseTo(0.5f, within(1e-6f));
        assertThat(input[6]).isEqualTo(0.6f);
        assertThat(input[7]).isCloseTo((float) (Math.log(0.25) / 8), within(1e-6f));
        assertThat(input[8]).isCloseTo(0.2f, within(1e-6f));
    }

    @Test
    void networkIsStandardisedInputsSiluUnitsAndOneSum() {
        AskNetwork network = new AskNetwork(
                new float[] {1, 2},
                new float[] {2, 0.5f},
                new float[] {1, -1, 3, 0.5f},
                new float[] {0.1f, 0.2f},
                new float[] {2, -3},
                0.4f);
        double x = (3 - 1) * 2;
        double y = (1 - 2) * 0.5;
        double first = x + 3 * y + 0.1;
        double second = -x + 0.5 * y + 0.2;
        double expected = 2 * first / (1 + Math.exp(-first)) - 3 * second / (1 + Math.exp(-second)) + 0.4;
        assertThat((double) network.of(new float[] {3, 1}, 0, new float[2])).isCloseTo(expected, within(1e-5));
    }

    @Test
    void worthIsDoubtTimesSurvivalTimesAHopefulRest() {
        double doubt = Math.log(0.2 / 0.8);
        assertThat(Math.exp(PricedHead.worth(doubt, 0, 0))).isCloseTo(0.2, within(1e-12));
        assertThat(Math.exp(PricedHead.worth(doubt, -3, Math.log(0.5)))).isCloseTo(0.1, within(1e-12));
        assertThat(Math.exp(PricedHead.worth(doubt, 2, 0))).isCloseTo(0.2 * Math.exp(-1), within(1e-12));
    }

    @Test
    void pricedHeadTellsItsDoubtAndServesTheWorthAgainstThePriceOfTheLevel() {
        PricedHead head = new PricedHead(Heads.linear(9, 0, 1, 0), Heads.linear(9, 1, 1, 0), LEVELS);
        AskStep step = step(Math.log(0.25), 0);
        step.survival[1] = Math.log(0.5);
        float[] logits = new float[2];

        head.logits(step, logits);

        assertThat(step.doubt[0]).isCloseTo(0.2, within(1e-4));
        assertThat(logits[0]).isCloseTo((float) Math.log(0.25), within(1e-3f));
        assertThat(logits[1]).isCloseTo((float) Math.log(0.25 / 0.75), within(1e-3f));
        step.level[0] = 0.1;
        step.level[1] = 0;
        head.logits(step, logits);
        assertThat(logits[0]).isCloseTo((float) (Math.log(0.25) - Math.log(0.3 / 0.7)), within(1e-3f));
        assertThat(logits[1]).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void aPricedHeadNeverAsksLessUnderALargerBudget() {
        PricedHead head = new PricedHead(Heads.random(9, 8, 3), Heads.random(9, 8, 4), LEVELS);
        double[] budgets = {0, 0.02, 0.1, 0.15, 0.2, 0.3, 0.5, 0.9};
        for (int row = 0; row < 50; row++) {
            double before = Double.NEGATIVE_INFINITY;
            for (double budget : budgets) {
                AskStep step = step(row / 10.0 - 2.5);
                step.level[0] = budget;
                float[] logits = new float[1];
                head.logits(step, logits);
                assertThat((double) logits[0]).isGreaterThanOrEqualTo(before);
                before = logits[0];
            }
        }
    }

    @Test
    void refusesNetworksThatReadDifferentInputs() {
        assertThatThrownBy(() -> new PricedHead(Heads.random(9, 8, 3), Heads.random(8, 8, 4), LEVELS))
                .hasMessageContaining("9 and 8 inputs");
    }
}
