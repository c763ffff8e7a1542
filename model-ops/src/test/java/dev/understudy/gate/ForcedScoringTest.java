package dev.understudy.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.BigramModel;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForcedScoringTest {
    // 0 -> 1 -> 2 -> 3 -> 0, each with logit 2 among four tokens.
    private final BigramModel model = BigramModel.preferring(new int[] {1, 2, 3, 0}, 2);

    @Test
    void scoresEveryLabelUnderItsOwnContext() {
        GateExample right = GateExample.verified("order", new int[] {3, 0}, new int[] {1, 2});
        GateExample wrong = new GateExample("order", new int[] {0}, new int[] {1, 3, 0}, new int[] {1, 3, 0});
        List<ForcedScore> scores = ForcedScoring.score(model, List.of(right, wrong));
        assertThat(scores.get(0).right()).containsExactly(true, true);
        assertThat(scores.get(1).right()).containsExactly(true, false, true);
        double top = Math.exp(2) / (Math.exp(2) + 3);
        assertThat(scores.get(0).confidence()[1]).isCloseTo((float) top, within(1e-5f));
        assertThat(scores.get(1).labelLogProbability()[1])
                .isCloseTo((float) Math.log(1 / (Math.exp(2) + 3)), within(1e-5f));
        assertThat(ForcedScoring.exactMatch(scores)).isEqualTo(0.5);
    }

    @Test
    void labelsOutsideTheStoredTopGetAnEvenShareOfTheTail() {
        int[] next = new int[20];
        BigramModel wide = BigramModel.preferring(next, 2);
        ForcedScore score = ForcedScoring.score(
                        wide, List.of(GateExample.verified("order", new int[] {1}, new int[] {19})))
                .get(0);
        assertThat(score.labelLogProbability()[0]).isCloseTo((float) Math.log(1 / (Math.exp(2) + 19)), within(1e-4f));
    }

    @Test
    void neededHelpIsTheSmallestShareThatRescuesEnoughSequences() {
        List<ForcedScore> scores =
                List.of(score("+.9", "+.8", "+.7"), score("+.9", "-.6", "+.9"), score("+.5", "+.9", "-.95"));
        // All three: every token with a difficulty of at least 0.05 is asked, that is all nine.
        assertThat(ForcedScoring.helpShareFor(scores, 1)).isEqualTo(1);
        // Two of three: the second needs difficulty 0.4 asked, that is its own token and the one at 0.5.
        assertThat(ForcedScoring.helpShareFor(scores, 0.6)).isCloseTo(2.0 / 9, within(1e-9));
        assertThat(ForcedScoring.helpShareFor(scores, 0.3)).isZero();
    }

    @Test
    void countsTheLostSequencesWithoutRoundingError() {
        List<ForcedScore> scores = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            scores.add(score("+.9"));
        }
        scores.add(score("-.9"));
        assertThat(ForcedScoring.helpShareFor(scores, 0.9)).isZero();
    }

    @Test
    void histogramPutsASequenceWhereItsPriceEnds() {
        List<ForcedScore> scores = List.of(score("+.5"), score("-.5", "-.91"), score("-.9991"));
        long[] bins = ForcedScoring.neededPriceHistogram(scores);
        assertThat(bins[31]).isEqualTo(1);
        // Difficulty 0.09 is asked at every price below it; the highest such price is 10^(-4 + 4 * 23 / 32) = 0.075.
        assertThat(bins[23]).isEqualTo(1);
        assertThat(bins[7]).isEqualTo(1);
    }

    @Test
    void aHeldOutSignalIsLabelledByTheTeacher() {
        LabelledSequence pair = LabelledSequence.ofPair("order", new int[] {1}, new int[] {2, 3});
        LabelledSequence seen = new LabelledSequence(
                "order", "a", new int[] {1}, new int[] {2, 7}, pair.positions(), pair.laws(), true);
        assertThat(GateExample.of(seen).orElseThrow().contextIds()).containsExactly(2, 7);
        assertThat(GateExample.of(seen).orElseThrow().labelIds()).containsExactly(2, 3);
        LabelledSequence glimpsed = new LabelledSequence(
                "order", "a", new int[] {1}, new int[] {2, 7}, pair.positions(), pair.laws(), false);
        assertThat(GateExample.of(glimpsed)).isEmpty();
    }

    /** One word a token: right or wrong, and the confidence. */
    static ForcedScore score(String... words) {
        boolean[] right = new boolean[words.length];
        float[] confidence = new float[words.length];
        float[] likelihood = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            right[i] = words[i].charAt(0) == '+';
            confidence[i] = Float.parseFloat(words[i].substring(1));
            likelihood[i] = (float) Math.log(right[i] ? confidence[i] : 1 - confidence[i]);
        }
        return new ForcedScore(right, confidence, likelihood);
    }
}
