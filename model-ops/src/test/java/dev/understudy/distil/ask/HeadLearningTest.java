package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A student whose first hidden number says how likely its token is wrong, whose confidence says nothing, and whose
 * second hidden number says how hopeless the whole sequence is.
 */
class HeadLearningTest {
    private static final double[] LEVELS = {0.02, 0.05, 0.1, 0.2, 0.3};
    private static final int TOKENS = 20;
    private static final AskPlan PLAN = new AskPlan(16, 1, 4, 400, 16, 5e-3, 3);

    private static List<AskEvidence> evidence(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<AskEvidence> evidence = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            boolean hopeless = random.nextDouble() < 0.5;
            float[][] inputs = new float[TOKENS][7];
            double[] regret = new double[TOKENS];
            for (int t = 0; t < TOKENS; t++) {
                boolean doubtful = random.nextDouble() < (hopeless ? 0.4 : 0.1);
                inputs[t][0] = doubtful ? 1 : 0;
                inputs[t][1] = hopeless ? 1 : 0;
                inputs[t][2] = (float) random.nextDouble();
                regret[t] = doubtful && random.nextDouble() < 0.5 ? 10 : 0;
            }
            evidence.add(new AskEvidence("w", inputs, regret, regret, new boolean[TOKENS], true));
        }
        return evidence;
    }

    @Test
    void keepsEveryBudgetOnPromptsThatItHasNotSeen() {
        PricedHead head = new HeadLearning(PLAN).learn(evidence(400, 1), evidence(300, 2), LEVELS);

        AskCalibration unseen = new AskCalibration(evidence(300, 3), 1);
        double before = 0;
        for (int l = 0; l < LEVELS.length; l++) {
            double use = unseen.replay(head, head.levels().prices()[l]).use();
            assertThat(use).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(LEVELS[l] + 0.01);
            before = use;
        }
    }

    @Test
    void spendsWhereOneAskCanStillSaveTheSequence() {
        List<AskEvidence> held = evidence(300, 2);
        PricedHead head = new HeadLearning(PLAN).learn(evidence(400, 1), held, LEVELS);
        AskCalibration calibration = new AskCalibration(held, 1);

        AskCalibration.Outcome outcome = calibration.replay(head, head.levels().prices()[1]);

        // 5 % of the tokens is one ask a sequence. Spread evenly over the doubtful tokens it would save next to nothing
        // beyond the sequences that are right alone; on the hopeful half it saves about every third of them.
        double alone = calibration.replay(head, 1 - 1e-9).right();
        assertThat(outcome.right()).isGreaterThan(alone + 0.12);
    }

    @Test
    void anUnseenBudgetFallsBetweenItsNeighbours() {
        PricedHead head = new HeadLearning(PLAN).learn(evidence(400, 1), evidence(300, 2), LEVELS);
        double price = 1 / (1 + Math.exp(-head.levels().priceLogit(0.15)));
        double use = new AskCalibration(evidence(300, 3), 1).replay(head, price).use();
        assertThat(use).isBetween(0.1, 0.2);
    }

    @Test
    void sequencesThatWereCutSayNothingAboutWhatWasToCome() {
        List<AskEvidence> evidence = evidence(60, 1).stream()
                .map(one -> new AskEvidence("w", one.inputs(), one.regret(), one.divergence(), one.asked(), false))
                .toList();
        PricedHead head = new HeadLearning(PLAN).learn(evidence, evidence(50, 2), LEVELS);
        float[] work = new float[16];
        assertThat(head.remaining().of(evidence.get(0).inputs()[0], 0, work)).isZero();
    }

    @Test
    void whatTheTeacherWordsOtherwiseIsNoDifference() {
        AskEvidence worded =
                new AskEvidence("w", new float[2][7], new double[] {0.4, 3}, new double[2], new boolean[2], true);
        assertThat(worded.differs(0, 1)).isFalse();
        assertThat(worded.differs(1, 1)).isTrue();
        assertThat(worded.differs(0, 0.3)).isTrue();
    }

    @Test
    void levelledPricesDoNotRiseEither() {
        AskLevels levels = new HeadLearning(PLAN)
                .learn(evidence(100, 1), evidence(50, 2), LEVELS)
                .levels();
        assertThat(levels.levels()).containsExactly(LEVELS, within(0.0));
        for (int l = 1; l < LEVELS.length; l++) {
            assertThat(levels.prices()[l]).isLessThanOrEqualTo(levels.prices()[l - 1]);
        }
    }

    @Test
    void refusesToLearnFromNothing() {
        List<AskEvidence> none = List.of();
        assertThatThrownBy(() -> new HeadLearning(PLAN).learn(none, none, LEVELS))
                .hasMessageContaining("0 sequences")
                .hasMessageContaining("Show more sequences");
        assertThatThrownBy(() -> new AskPlan(0, 1, 1, 1, 1, 1, 1)).hasMessageContaining("units=0");
        assertThatThrownBy(() -> new AskPlan(1, 0, 1, 1, 1, 1, 1)).hasMessageContaining("floor 0");
    }
}
