package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistilConfigTest {
    private final DistilConfig config = DistilConfig.defaults();

    @Test
    void warmsUpStaysAndDecays() {
        assertThat(config.learningRateAt(0)).isCloseTo(7e-4 / 20, within(1e-9));
        assertThat(config.learningRateAt(19)).isCloseTo(7e-4, within(1e-9));
        assertThat(config.learningRateAt(199)).isCloseTo(7e-4, within(1e-9));
        assertThat(config.learningRateAt(300)).isCloseTo(3.5e-4, within(1e-9));
        assertThat(config.learningRateAt(399)).isCloseTo(0.05 * 7e-4, within(1e-9));
    }

    @Test
    void refusesAWarmUpThatNeverEnds() {
        assertThatThrownBy(() -> new DistilConfig(10, 16, 1e-3, 10, 0.5, Objective.forwardKl(8), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("warm-up 10 of 10 steps");
    }
}
