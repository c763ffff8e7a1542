package dev.understudy.flink.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlidingMaximumTest {
    private static final long START = -50;
    private final SlidingMaximum maximum = new SlidingMaximum(100, START);

    @Test
    void readingChangesNothing() {
        maximum.add(7, START + 10);
        maximum.add(3, START + 20);

        assertThat(maximum.maximum(START + 30)).isEqualTo(7);
        assertThat(maximum.maximum(START + 30)).isEqualTo(7);
    }

    @Test
    void aValueIsSeenForOneToTwoPeriods() {
        maximum.add(7, START + 90);
        maximum.add(3, START + 110);

        assertThat(maximum.maximum(START + 120)).isEqualTo(7);
        maximum.add(1, START + 210);
        assertThat(maximum.maximum(START + 215)).isEqualTo(3);
    }

    @Test
    void nothingIsLeftWhenNoValueCame() {
        maximum.add(7, START + 90);

        assertThat(maximum.maximum(START + 150)).isEqualTo(7);
        assertThat(maximum.maximum(START + 300)).isZero();
        maximum.add(2, START + 400);
        assertThat(maximum.maximum(START + 401)).isEqualTo(2);
    }
}
