package dev.understudy.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.gate.PairedBootstrap.Interval;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
    private final PairedBootstrap bootstrap = new PairedBootstrap(GateConfig.defaults());

    @Test
    void agreesWithTheNormalIntervalOfALargeSample() {
        double[] values = new Random(5).doubles(400).toArray();
        Interval interval = bootstrap.ofMean(values);
        // Uniform on [0, 1): standard deviation 0.2887, so the half width is 1.96 * 0.2887 / 20 = 0.0283.
        assertThat(interval.high() - interval.low()).isCloseTo(2 * 0.0283, within(0.006));
        assertThat(interval.estimate()).isBetween(interval.low(), interval.high());
    }

    @Test
    void coversTheTruthAboutAsOftenAsItSays() {
        int covered = 0;
        Random random = new Random(8);
        PairedBootstrap quick = new PairedBootstrap(new GateConfig(0.95, 0.02, 0.15, 300, 0.95, 32, 9));
        for (int trial = 0; trial < 200; trial++) {
            Interval interval = quick.ofMean(random.doubles(60).toArray());
            covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
        }
        assertThat(covered).isBetween(178, 199);
    }
}
