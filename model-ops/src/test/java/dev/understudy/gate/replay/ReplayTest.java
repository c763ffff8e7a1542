package dev.understudy.gate.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.gate.replay.Replay.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplayTest {
    @Test
    void aTextThatTheStudentWroteAsTheTeacherWouldIsKnownAtEveryPrice() {
        ReplayedSequence agreed = sequence(1, ints(5, 6, 7), ints(5, 6, 7), ints(5, 6, 7), .1f, .6f, .2f);

        Outcome half = new Replay(List.of(agreed)).at(0.5);

        assertThat(half.share().likely()).isEqualTo(1 / 3.0, within(1e-9));
        assertThat(half.share().low()).isEqualTo(half.share().high());
        assertThat(half.agreement().likely()).isEqualTo(1);
        assertThat(half.callsPerSequence()).as("one ask, one closing look").isEqualTo(2);
        assertThat(half.known()).isEqualTo(1);
        assertThat(new Replay(List.of(agreed)).at(0.9).callsPerSequence()).isZero();
    }

    @Test
    void aWrongTokenThatIsNotAskedForSettlesTheSequence() {
        ReplayedSequence wrong = sequence(1, ints(5, 9, 7), ints(5, 9, 7), ints(5, 6, 7), .1f, .6f, .2f);

        Outcome high = new Replay(List.of(wrong)).at(0.7);

        assertThat(high.agreement()).isEqualTo(new Replay.Estimate(0, 0, 0));
        assertThat(high.known()).isEqualTo(1);
    }

    @Test
    void whereTheTeacherWouldHaveSaidSomethingElseTheRestIsUnknown() {
        ReplayedSequence wrong = sequence(1, ints(5, 9, 7), ints(5, 9, 7), ints(5, 6, 7), .1f, .6f, .2f);

        Outcome low = new Replay(List.of(wrong)).at(0.5);

        assertThat(low.agreement()).isEqualTo(new Replay.Estimate(1, 0, 1));
        assertThat(low.share().low()).isEqualTo(1 / 3.0, within(1e-9));
        assertThat(low.share().high()).isEqualTo(2 / 3.0, within(1e-9));
        assertThat(low.known()).isZero();
    }

    @Test
    void anAskThatIsNotMadeLeavesTheStudentsOwnTokenWhichIsWrong() {
        ReplayedSequence helped = new ReplayedSequence(
                1, ints(5, 6, 7), ints(5, 9, 7), ints(5, 9, 7), ints(5, 6, 7), new float[] {.1f, .6f, .2f});

        assertThat(new Replay(List.of(helped)).at(0.5).agreement()).isEqualTo(new Replay.Estimate(1, 1, 1));
        Outcome dear = new Replay(List.of(helped)).at(0.7);
        assertThat(dear.agreement()).isEqualTo(new Replay.Estimate(0, 0, 0));
        assertThat(dear.share().high()).as("behind the branch nobody knows").isPositive();
    }

    @Test
    void aSampledTokenOfTheStudentIsNoBranch() {
        ReplayedSequence sampled = sequence(1, ints(5, 8, 7), ints(5, 6, 7), ints(5, 6, 7), .1f, .2f, .2f);

        assertThat(new Replay(List.of(sampled)).at(0.5).known()).isEqualTo(1);
    }

    /** 1,000 sequences; a tenth of those without an ask is seen. The estimate from those seen is that of all. */
    @Test
    void sequencesCountByWhatTheyStandFor() {
        List<ReplayedSequence> all = new ArrayList<>();
        List<ReplayedSequence> seen = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            boolean asks = random.nextDouble() < 0.3;
            boolean wrong = random.nextDouble() < (asks ? 0.4 : 0.1);
            int[] student = ints(5, wrong ? 9 : 6, 7);
            float hard = asks ? .8f : (float) (0.4 * random.nextDouble());
            double propensity = asks ? 1 : 0.1;
            ReplayedSequence one = sequence(1, student, student, ints(5, 6, 7), .05f, hard, .05f);
            all.add(one);
            if (random.nextDouble() < propensity) {
                seen.add(sequence(1 / propensity, student, student, ints(5, 6, 7), .05f, hard, .05f));
            }
        }
        Outcome truth = new Replay(all).at(0.9);
        Outcome estimate = new Replay(seen).at(0.9);

        assertThat(new Replay(seen).population()).isEqualTo(20_000, within(600.0));
        assertThat(estimate.agreement().likely())
                .isEqualTo(truth.agreement().likely(), within(0.01))
                .isBetween(estimate.agreement().low(), estimate.agreement().high());
        List<ReplayedSequence> unweighted = seen.stream()
                .map(one -> sequence(1, one.written(), one.student(), one.teacher(), one.difficulty()))
                .toList();
        assertThat(Math.abs(new Replay(unweighted).at(0.9).agreement().likely()
                        - truth.agreement().likely()))
                .as("without the weights it is biased")
                .isGreaterThan(0.05);
    }

    @Test
    void thePriceForAShareIsTheQuantileOfTheDifficulties() {
        Replay replay = new Replay(List.of(
                sequence(1, ints(1, 1, 1, 1), ints(1, 1, 1, 1), ints(1, 1, 1, 1), .69f, .58f, .53f, .42f),
                sequence(1, ints(1, 1, 1), ints(1, 1, 1), ints(1, 1, 1), .37f, .29f, .23f),
                sequence(1, ints(1, 1, 1), ints(1, 1, 1), ints(1, 1, 1), .16f, .07f, .01f)));

        assertThat(replay.priceFor(0.2)).isEqualTo(0.555, within(1e-6));
        assertThat(replay.at(replay.priceFor(0.2)).share().likely()).isEqualTo(0.2, within(1e-9));
        assertThat(replay.at(replay.priceFor(0)).share().likely()).isZero();
        assertThat(replay.at(replay.priceFor(1)).share().likely()).isEqualTo(1);
    }

    @Test
    void nothingSeenWholeIsNoGround() {
        assertThatThrownBy(() -> new Replay(List.of())).hasMessageContaining("Raise decode.audit-share");
    }

    private static ReplayedSequence sequence(
            double weight, int[] written, int[] student, int[] teacher, float... difficulty) {
        return new ReplayedSequence(weight, written, written, student, teacher, difficulty);
    }

    private static int[] ints(int... ids) {
        return Arrays.copyOf(ids, ids.length);
    }
}
