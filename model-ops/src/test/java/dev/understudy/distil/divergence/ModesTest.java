package dev.understudy.distil.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** A normal law fitted to one with two modes: forward KL covers both, reverse KL sits on one. */
class ModesTest {
    private static final int POINTS = 9;
    private static final double STEP = 0.05;

    private static final double[] TARGET = target();

    private record Fit(double mean, double deviation, double nats) {}

    @Test
    void forwardKlCoversBothModes() {
        Fit fit = best(new ForwardKl());
        assertThat(fit.mean()).isCloseTo(4.0, within(1e-9));
        assertThat(fit.deviation()).isCloseTo(2.45, within(1e-9));
        assertThat(fit.nats()).isCloseTo(.6922, within(5e-5));
    }

    @Test
    void reverseKlSitsOnOneMode() {
        Fit fit = best(new ReverseKl());
        assertThat(Math.min(Math.abs(fit.mean() - 2), Math.abs(fit.mean() - 6))).isCloseTo(0, within(1e-9));
        assertThat(fit.deviation()).isCloseTo(.5, within(1e-9));
        assertThat(fit.nats()).isCloseTo(.6984, within(5e-5));
    }

    private static Fit best(Divergence divergence) {
        Fit best = new Fit(0, 0, Double.POSITIVE_INFINITY);
        for (int i = 0; i <= 160; i++) {
            for (int j = 8; j <= 80; j++) {
                double[] law = normal(STEP * i, STEP * j);
                double nats = divergence.nats(TARGET, law);
                best = nats < best.nats() ? new Fit(STEP * i, STEP * j, nats) : best;
            }
        }
        return best;
    }

    private static double[] target() {
        double[] first = normal(2, .5);
        double[] second = normal(6, .5);
        double[] law = new double[POINTS];
        for (int x = 0; x < POINTS; x++) {
            law[x] = .98 * (first[x] + second[x]) / 2 + .02 / POINTS;
        }
        return law;
    }

    private static double[] normal(double mean, double deviation) {
        double[] law = new double[POINTS];
        double sum = 0;
        for (int x = 0; x < POINTS; x++) {
            law[x] = Math.exp(-Math.pow((x - mean) / deviation, 2) / 2);
            sum += law[x];
        }
        for (int x = 0; x < POINTS; x++) {
            law[x] /= sum;
        }
        return law;
    }
}
