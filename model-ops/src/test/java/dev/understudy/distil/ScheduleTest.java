package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void warmsUpInAStraightLineAndReachesThePeak() {
        for (Decay decay : new Decay[] {new Decay.Constant(), new Decay.Linear(0), new Decay.Cosine(0.1)}) {
            assertThat(rates(decay).limit(5)).containsExactly(0.25e-2, 0.5e-2, 0.75e-2, 1e-2, 1e-2);
        }
    }

    @Test
    void fallsAsItsDecaySays() {
        assertThat(rates(new Decay.Constant()).skip(4)).containsOnly(1e-2);
        assertThat(at(new Decay.Linear(0.2), 22)).isCloseTo(0.6e-2, within(1e-12));
        assertThat(at(new Decay.Linear(0.2), 40)).isCloseTo(0.2e-2, within(1e-12));
        assertThat(at(new Decay.Cosine(0.05), 22)).isCloseTo(0.525e-2, within(1e-12));
        assertThat(at(new Decay.Cosine(0.05), 13))
                .isCloseTo(1e-2 * (0.05 + 0.95 * 0.5 * (1 + Math.sqrt(0.5))), within(1e-12));
        assertThat(at(new Decay.Cosine(0.05), 40)).isCloseTo(0.05e-2, within(1e-12));
    }

    @Test
    void aWarmUpOfTheWholeRunEndsAtThePeak() {
        Schedule schedule = new Schedule(4, 1e-2, 4, new Decay.Linear(0));
        assertThat(schedule.rateAt(3)).isEqualTo(1e-2);
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> new Schedule(0, 1e-3, 1, new Decay.Constant())).hasMessageContaining("steps=0");
        assertThatThrownBy(() -> new Schedule(1, 0, 1, new Decay.Constant())).hasMessageContaining("learning-rate=0.0");
        assertThatThrownBy(() -> new Decay.Cosine(1.5)).hasMessageContaining("expected [0, 1]");
    }

    private static double at(Decay decay, long step) {
        return new Schedule(40, 1e-2, 4, decay).rateAt(step);
    }

    private static Stream<Double> rates(Decay decay) {
        return LongStream.range(0, 40).mapToObj(step -> at(decay, step));
    }
}
