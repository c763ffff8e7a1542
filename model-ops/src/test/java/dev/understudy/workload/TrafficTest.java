package dev.understudy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.workload.IntakeStream.Share;
import dev.understudy.workload.Traffic.Phase;
import dev.understudy.workload.Traffic.Schedule;
import dev.understudy.workload.Traffic.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Schedule TWO_PHASES = new Schedule(
            List.of(
                    new Phase("one", Duration.ofSeconds(10), 4, List.of(new Share(Workload.LOG_C1, 1))),
                    new Phase("two", Duration.ofSeconds(5), 20, List.of(new Share(Workload.SHIP_C1, 1)))),
            "large",
            "small",
            0.25);

    @Test
    void phasesFollowOneAnotherAtTheirOwnRates() {
        List<Submission> all = all(TWO_PHASES, 1);
        assertThat(all).hasSize(140);
        assertThat(TWO_PHASES.prompts()).isEqualTo(140);
        assertThat(all.get(39).offset()).isEqualTo(Duration.ofMillis(9750));
        assertThat(all.get(39).example().workload()).isEqualTo(Workload.LOG_C1);
        assertThat(all.get(40).offset()).isEqualTo(Duration.ofSeconds(10));
        assertThat(all.get(41).offset()).isEqualTo(Duration.ofMillis(10_050));
        assertThat(all.get(41).phase()).isEqualTo("two");
        assertThat(all).isSortedAccordingTo(Comparator.comparing(Submission::offset));
    }

    @Test
    void isAFunctionOfItsSeed() {
        assertThat(all(TWO_PHASES, 1)).isEqualTo(all(TWO_PHASES, 1)).isNotEqualTo(all(TWO_PHASES, 2));
    }

    @Test
    void theDemoDriftsInHalfOfItsTrafficAndTheSmallTenantSendsAFifth() {
        List<Submission> all = all(Schedule.demo(), 3);
        assertThat(Schedule.demo().length()).isEqualTo(Duration.ofMinutes(4));
        assertThat(all).hasSize(7200);
        assertThat(share(all.subList(600, 4500), Workload.ORDER_C2)).isCloseTo(0.25, within(0.02));
        assertThat(share(all.subList(4500, 7200), Workload.PAY_EU)).isCloseTo(0.25, within(0.02));
        assertThat(share(all.subList(0, 600), Workload.ORDER_C2)).isZero();
        double small = all.stream().filter(s -> s.tenant().equals("beta")).count() / 7200.0;
        assertThat(small).isCloseTo(0.2, within(0.02));
    }

    @Test
    void refusesToGoOnAfterTheEndAndRefusesEmptyPhases() {
        Traffic traffic = new Traffic(TWO_PHASES, 1);
        for (int i = 0; i < 140; i++) {
            traffic.next();
        }
        assertThat(traffic.hasNext()).isFalse();
        assertThatThrownBy(traffic::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> new Phase("x", Duration.ZERO, 1, List.of(new Share(Workload.LOG_C1, 1))))
                .hasMessageContaining("phase x has length PT0S");
        assertThatThrownBy(() -> new Schedule(List.of(), "a", "b", 0.1)).hasMessageContaining("0 phases");
    }

    private static List<Submission> all(Schedule schedule, long seed) {
        Traffic traffic = new Traffic(schedule, seed);
        List<Submission> all = new ArrayList<>();
        while (traffic.hasNext()) {
            all.add(traffic.next());
        }
        return all;
    }

    private static double share(List<Submission> submissions, Workload workload) {
        return submissions.stream()
                        .filter(s -> s.example().workload() == workload)
                        .count()
                / (double) submissions.size();
    }
}
