package dev.understudy.decode.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.lm.Scores;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Difficulties, prices and decisions of every policy; laws and expected figures are written down. */
class AskPolicyTest {
    private static final double[] FOUR = {.5, .3, .15, .05};
    private static final double[] FLAT = {.34, .33, .33};
    private static final double[] SHARP = {.9, .05, .05};
    private static final List<AskPolicy> SCORING = List.of(
            new AskPolicy.Random(0.1),
            new AskPolicy.Confidence(),
            new AskPolicy.Entropy(0.7),
            new AskPolicy.Margin(0.3),
            new AskPolicy.AskToken(Action.THRESHOLD));

    @Test
    void confidenceIsOneMinusTheLargestProbability() {
        assertThat(difficulties(new AskPolicy.Confidence(), FOUR)[0]).isEqualTo(.5f, within(1e-6f));
        assertThat(difficulties(new AskPolicy.Confidence(), FLAT)[0]).isEqualTo(.66f, within(1e-6f));
        assertThat(difficulties(new AskPolicy.Confidence(), SHARP)[0]).isEqualTo(.1f, within(1e-6f));
    }

    @Test
    void entropyIsNormalisedByThatOfAFlatLaw() {
        assertThat(difficulties(new AskPolicy.Entropy(0.7), FOUR)[0] * Math.log(4))
                .isEqualTo(1.142120, within(1e-6));
        assertThat(difficulties(new AskPolicy.Entropy(0.7), FLAT)[0] * Math.log(3))
                .isEqualTo(1.098513, within(1e-6));
        assertThat(difficulties(new AskPolicy.Entropy(0.7), SHARP)[0] * Math.log(3))
                .isEqualTo(0.394398, within(1e-6));
    }

    @Test
    void marginIsTheDistanceOfTheTwoLargest() {
        assertThat(1 - difficulties(new AskPolicy.Margin(0.3), FOUR)[0]).isEqualTo(.2f, within(1e-6f));
        assertThat(1 - difficulties(new AskPolicy.Margin(0.3), FLAT)[0]).isEqualTo(.01f, within(1e-6f));
        assertThat(1 - difficulties(new AskPolicy.Margin(0.3), SHARP)[0]).isEqualTo(.85f, within(1e-6f));
    }

    @Test
    void randomIsOneMinusTheDrawWhateverTheLaw() {
        assertThat(difficulties(new AskPolicy.Random(0.1), FOUR, FLAT, SHARP)).containsExactly(1f, .75f, .5f);
    }

    @Test
    void learnedThresholdIsTheProbabilityOfAsking() {
        AskScorer scorer = new AskPolicy.AskToken(Action.THRESHOLD).scorer(head(0.8f), student(4));

        assertThat(score(scorer, FOUR)[0]).isEqualTo(.689974f, within(1e-6f));
    }

    @Test
    void learnedDrawAsksWithTheLogitLessThatOfThePrice() {
        AskPolicy policy = new AskPolicy.AskToken(Action.SAMPLED);
        AskScorer scorer = policy.scorer(head(0.8f), student(4));
        double price = 0.3;
        double expected = 1 / (1 + Math.exp(-(0.8 - Math.log(price / (1 - price)))));
        SplittableRandom random = new SplittableRandom(7);
        AskStep step = step(FOUR);
        float[] difficulty = new float[1];
        int asked = 0;
        for (int i = 0; i < 40_000; i++) {
            step.draw[0] = random.nextDouble();
            scorer.score(step, difficulty);
            asked += policy.asks(difficulty[0], price) ? 1 : 0;
        }

        assertThat(asked / 40_000.0).isEqualTo(expected, within(3 * Math.sqrt(expected * (1 - expected) / 40_000)));
    }

    @Test
    void learnedPolicyNeedsAVersionWithAHead() {
        assertThatThrownBy(() -> new AskPolicy.AskToken(Action.THRESHOLD).scorer(AskHead.NONE, student(4)))
                .hasMessageContaining("needs a student version with a trained ask head")
                .hasMessageContaining("set 'decode.policy' to confidence");
    }

    @Test
    void headOfAnotherWidthIsRefused() {
        ModelShape wider = new ModelShape(16, 1, 1, 1, 8, 8, 4, 64, true, 10_000, 1e-5);

        assertThatThrownBy(() -> new AskPolicy.AskToken(Action.THRESHOLD).scorer(head(0), wider))
                .hasMessageContaining("hidden states of width 8, the student's have 16");
    }

    @Test
    void scoringPoliciesAskStrictlyAboveThePrice() {
        assertThat(SCORING).allSatisfy(policy -> {
            assertThat(policy.heedsPrice()).isTrue();
            assertThat(policy.asks(0.5, 0.5)).isFalse();
            assertThat(policy.asks(0.501, 0.5)).isTrue();
            assertThat(policy.asks(1, 1)).isFalse();
            assertThat(policy.asks(0, AskPrices.ASK_ALWAYS)).isTrue();
        });
    }

    @Test
    void neverAndAlwaysIgnoreThePrice() {
        assertThat(new AskPolicy.Never().asks(1, AskPrices.ASK_ALWAYS)).isFalse();
        assertThat(new AskPolicy.Always().asks(0, 1)).isTrue();
        assertThat(new AskPolicy.Never().heedsPrice()).isFalse();
        assertThat(new AskPolicy.Always().heedsPrice()).isFalse();
    }

    @Test
    void aPolicysOwnSettingIsAPrice() {
        assertThat(new AskPolicy.Random(0.25).fixedPrice(50)).isEqualTo(.75);
        assertThat(new AskPolicy.Confidence(0.9).fixedPrice(50)).isEqualTo(.1, within(1e-12));
        assertThat(new AskPolicy.Entropy(0.7).fixedPrice(50)).isEqualTo(0.7 / Math.log(50), within(1e-12));
        assertThat(new AskPolicy.Entropy(9).fixedPrice(50)).isEqualTo(1);
        assertThat(new AskPolicy.Margin(0.3).fixedPrice(50)).isEqualTo(.7, within(1e-12));
        assertThat(new AskPolicy.AskToken(Action.SAMPLED).fixedPrice(50)).isEqualTo(.5);
        assertThat(new AskPolicy.Never().fixedPrice(50)).isEqualTo(1);
        assertThat(new AskPolicy.Always().fixedPrice(50)).isEqualTo(AskPrices.ASK_ALWAYS);
    }

    @Test
    void rowsOfAStepAreScoredEachForItself() {
        for (AskPolicy policy : SCORING.subList(1, 4)) {
            float[] together = difficulties(policy, FLAT, SHARP);

            assertThat(together[0]).as(policy.name()).isEqualTo(difficulties(policy, FLAT)[0]);
            assertThat(together[1]).as(policy.name()).isEqualTo(difficulties(policy, SHARP)[0]);
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new AskPolicy.Random(1.5))
                .hasMessageContaining("decode.random.share is 1.5; expected a value in [0, 1]");
        assertThatThrownBy(() -> new AskPolicy.Confidence(0)).hasMessageContaining("expected a value in (0, 1]");
        assertThatThrownBy(() -> new AskPolicy.Entropy(-1)).hasMessageContaining("[0, ln V] nats");
        assertThatThrownBy(() -> new AskPolicy.Margin(Double.NaN)).hasMessageContaining("decode.margin.threshold");
    }

    @Test
    void auditShareOutsideZeroToOneIsRefused() {
        AskConfig good = AskConfig.of(new AskPolicy.Never());

        assertThatThrownBy(() -> new AskConfig(good.policy(), -0.1, true, good.timeout(), good.pause()))
                .hasMessageContaining("decode.audit-share is -0.1");
    }

    private static float[] difficulties(AskPolicy policy, double[]... laws) {
        return score(policy.scorer(AskHead.NONE, student(laws[0].length)), laws);
    }

    private static float[] score(AskScorer scorer, double[]... laws) {
        float[] difficulty = new float[laws.length];
        scorer.score(step(laws), difficulty);
        return difficulty;
    }

    /** Laws with their probabilities in descending order; draws 0, 1/4, 1/2, ... */
    private static AskStep step(double[]... laws) {
        Scores scores = new Scores(laws.length, 2, 0);
        AskStep step = new AskStep(laws.length);
        for (int i = 0; i < laws.length; i++) {
            scores.topLogProbabilities[2 * i] = (float) Math.log(laws[i][0]);
            scores.topLogProbabilities[2 * i + 1] = (float) Math.log(laws[i][1]);
            scores.entropy[i] =
                    (float) -Arrays.stream(laws[i]).map(p -> p * Math.log(p)).sum();
            step.draw[i] = i / 4.0;
        }
        step.take(scores, laws.length);
        return step;
    }

    private static ModelShape student(int vocabulary) {
        return new ModelShape(8, 1, 1, 1, 8, 8, vocabulary, 64, true, 10_000, 1e-5);
    }

    private static AskHead head(float logit) {
        return new AskHead() {
            @Override
            public int hiddenWidth() {
                return 8;
            }

            @Override
            public void logits(AskStep step, float[] logits) {
                Arrays.fill(logits, 0, step.count(), logit);
            }
        };
    }
}
