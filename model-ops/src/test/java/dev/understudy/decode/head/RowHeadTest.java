package dev.understudy.decode.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.ask.AskStep;
import dev.understudy.lm.Scores;
import dev.understudy.lm.shape.ModelShape;
import org.junit.jupiter.api.Test;

class RowHeadTest {
    static final AskEntries ENTRIES = new AskEntries(2, new double[] {0.125, 0.5}, new int[] {4, 5}, Trace.KEPT);
    static final RowPrices PRICES =
            new RowPrices(new double[] {0.5, 0.75}, new double[] {0.25, 0.75}, new double[] {0.125, 0.5});

    private final RowHead head = new RowHead(ENTRIES, PRICES);

    private float logit(double asking, double level) {
        AskStep step = new AskStep(1);
        step.take(new Scores(1, 2, 0), 1);
        step.asking[0] = asking;
        step.level[0] = level;
        float[] logits = new float[1];
        head.logits(step, logits);
        return logits[0];
    }

    @Test
    void servesTheLogOddsOfTheAskTokenAgainstThePriceOfTheLevel() {
        assertThat(logit(3, 0.125)).isEqualTo(3);
        assertThat(logit(3, 0.5)).isCloseTo((float) (3 - Math.log(3)), within(1e-6f));
        assertThat(logit(3, 0.9)).isCloseTo((float) (3 - Math.log(3)), within(1e-6f));
        assertThat(logit(3, 1)).as("no share agreed upon").isEqualTo(3);
        assertThat(logit(3, 0)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(logit(3, 0.1)).as("below the lowest level").isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void betweenTwoLevelsThePriceOfTheLowerOneGoesTowardsTheNext() {
        // half-way between 1/8 and 1/2 in logarithms
        assertThat(logit(3, 0.25)).isCloseTo((float) (3 + 0.5 * Math.log(3)), within(1e-6f));
        assertThat(logit(3, 0.4999)).isCloseTo((float) (3 + Math.log(3)), within(1e-3f));
    }

    @Test
    void refusesABudgetThatIsNone() {
        assertThatThrownBy(() -> logit(3, 1.5)).hasMessageContaining("budget level 1.5");
        assertThatThrownBy(() -> logit(3, Double.NaN)).hasMessageContaining("budget level NaN");
    }

    @Test
    void refusesEntriesThatTheVocabularyDoesNotHave() {
        ModelShape small = new ModelShape(8, 1, 1, 1, 8, 8, 5, 32, true, 10_000, 1e-5);
        ModelShape large = new ModelShape(8, 1, 1, 1, 8, 8, 6, 32, true, 10_000, 1e-5);
        AskPolicy policy = new AskPolicy.AskToken(Action.THRESHOLD);
        assertThatThrownBy(() -> policy.scorer(head, small)).hasMessageContaining("entry 5 of a vocabulary of 5");
        assertThat(policy.scorer(head, large).hiddenWidth()).isZero();
    }

    @Test
    void refusesPricesThatDoNotFit() {
        assertThatThrownBy(() -> new RowPrices(new double[] {0.5}, new double[] {0.6}, new double[] {0.1}))
                .hasMessageContaining("the second at most the first");
        RowPrices one = new RowPrices(new double[] {0.5}, new double[] {0.5}, new double[] {0.1});
        assertThatThrownBy(() -> new RowHead(ENTRIES, one)).hasMessageContaining("2 levels and 1 prices");
    }
}
