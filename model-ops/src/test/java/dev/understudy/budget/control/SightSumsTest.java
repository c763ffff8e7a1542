package dev.understudy.budget.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.budget.control.SightSums.Verdict;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sequences that ask are seen with certainty and disagree in 1 of 20, the others with an audit share of 0.05 and
 * disagree in 1 of 10; 30 % ask. So 91.5 % agree, although of those seen far more do.
 */
class SightSumsTest {
    private static final double TRUTH = 1 - (0.3 * 0.05 + 0.7 * 0.1);
    private static final int SEEDS = 400;

    @Test
    void theEstimateIsUnbiasedOverSeeds() {
        double sum = 0;
        double squares = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            double value = live(seed, 2_000, 0.05, 0).agreement().value();
            sum += value;
            squares += value * value;
        }
        double mean = sum / SEEDS;
        double error = Math.sqrt((squares / SEEDS - mean * mean) / SEEDS);

        assertThat(mean).isEqualTo(TRUTH, within(3 * error));
        assertThat(error).as("the test can tell a bias of half a point").isLessThan(0.0017);
    }

    /** Were every draw recorded as certain, or at twice its probability, the test above would see it. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.1, 0.025})
    void aWrongPropensityIsSeen(double recorded) {
        double sum = 0;
        double squares = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            double value = live(seed, 2_000, 0.05, 0, recorded).agreement().value();
            sum += value;
            squares += value * value;
        }
        double mean = sum / SEEDS;
        double error = Math.sqrt((squares / SEEDS - mean * mean) / SEEDS);

        assertThat(Math.abs(mean - TRUTH)).isGreaterThan(3 * error);
    }

    @Test
    void theIntervalHoldsTheTruthAsOftenAsItSays() {
        int held = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            AgreementEstimate estimate = live(seed, 2_000, 0.05, 0).agreement();
            held += estimate.low() <= TRUTH && TRUTH <= estimate.high() ? 1 : 0;
        }

        assertThat(held / (double) SEEDS).isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void looksThatNobodyCouldPayForAreTakenToBeLikeTheOthers() {
        double sum = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            sum += live(seed, 2_000, 0.05, 0.4).agreement().value();
        }

        assertThat(sum / SEEDS).isEqualTo(TRUTH, within(0.004));
    }

    @Test
    void fewLooksWithoutADisagreementProveLittle() {
        SightSums sums = SightSums.NONE;
        for (int i = 0; i < 100; i++) {
            sums = i < 5 ? sums.seen(0.05, Verdict.AGREES) : sums.unseen();
        }

        assertThat(sums.agreement().value()).isEqualTo(1);
        assertThat(sums.agreement().low()).isLessThan(0.75);
        assertThat(SightSums.NONE.agreement()).isEqualTo(AgreementEstimate.UNKNOWN);
    }

    private static SightSums live(long seed, int sequences, double auditShare, double unpaid) {
        return live(seed, sequences, auditShare, unpaid, auditShare);
    }

    private static SightSums live(long seed, int sequences, double auditShare, double unpaid, double recorded) {
        SplittableRandom random = new SplittableRandom(seed);
        SightSums sums = SightSums.NONE;
        for (int i = 0; i < sequences; i++) {
            boolean asks = random.nextDouble() < 0.3;
            boolean disagrees = random.nextDouble() < (asks ? 0.05 : 0.1);
            double propensity = asks ? 1 : auditShare;
            double told = asks ? 1 : recorded;
            if (random.nextDouble() >= propensity) {
                sums = sums.unseen();
            } else if (random.nextDouble() < unpaid) {
                sums = sums.missed(told);
            } else {
                sums = sums.seen(told, disagrees ? Verdict.DISAGREES : Verdict.AGREES);
            }
        }
        return sums;
    }
}
