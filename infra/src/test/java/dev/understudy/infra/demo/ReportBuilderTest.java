package dev.understudy.infra.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.teacher.CallLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportBuilderTest {
    @Test
    void sharesAreTakenOverBlocksOfAHundredPromptsInTheOrderSent() {
        List<Seen> seen = new ArrayList<>();
        for (int i = 249; i >= 0; i--) {
            seen.add(seen(i, Traffic.LARGE, i < 100 ? 10 : 1));
        }

        DemoReport.Share share = ReportBuilder.shares(seen, Traffic.LARGE).get("log-c2");

        assertThat(share).isEqualTo(new DemoReport.Share(1, 0.1, List.of(1.0, 0.1)));
    }

    @Test
    void theSmallTenantDoesNotCountForShares() {
        assertThat(ReportBuilder.shares(List.of(seen(0, Traffic.SMALL, 10)), Traffic.LARGE))
                .isEmpty();
    }

    @Test
    void aWindowAboveTheCapIsAViolationAndTwoBelowItAreNot() {
        List<CallLog.Entry> log = List.of(call(0, 7), call(0, 4), call(60, 10), call(120, 3));

        DemoReport.Budget budget = ReportBuilder.budget(Map.of("a", 10L), Map.of("a", 5L), log, List.of());

        assertThat(budget.violations()).isEqualTo(1);
        assertThat(budget.spent()).isEqualTo(24);
        assertThat(budget.cap()).isEqualTo(30);
    }

    @Test
    void tooManyCallsAreAViolationToo() {
        DemoReport.Budget budget =
                ReportBuilder.budget(Map.of("a", 10L), Map.of("a", 1L), List.of(call(0, 1), call(0, 1)), List.of());

        assertThat(budget.violations()).isEqualTo(1);
    }

    @Test
    void phasesCountTheLargeTenantApart() {
        List<Seen> seen = List.of(seen(0, Traffic.LARGE, 0), wrong(1, Traffic.SMALL));

        DemoReport.Phase phase =
                ReportBuilder.phases(List.of("only"), seen, Traffic.LARGE).get(0);

        assertThat(phase.exactMatch()).isCloseTo(0.5, within(1e-12));
        assertThat(phase.exactMatchLargeTenant()).isCloseTo(1, within(1e-12));
    }

    @Test
    void theSameSeedGivesTheSameTrafficAndAnotherSeedAnother() {
        assertThat(sha256(1)).isEqualTo(sha256(1)).isNotEqualTo(sha256(2));
    }

    private static String sha256(long seed) {
        Traffic traffic = new Traffic(Schedule.brief(40), seed);
        for (int i = 0; i < 50; i++) {
            traffic.next();
        }
        return traffic.sha256();
    }

    private static Seen seen(int number, String tenant, int teacherTokens) {
        return new Seen(sent(number, tenant), true, 10, teacherTokens, teacherTokens > 0, false, false, "v");
    }

    private static Seen wrong(int number, String tenant) {
        return new Seen(sent(number, tenant), false, 10, 0, false, true, false, "v");
    }

    private static Sent sent(int number, String tenant) {
        return new Sent(String.format(Locale.ROOT, "p-%06d", number), 0, tenant, "log-c2", "text", "gold");
    }

    private static CallLog.Entry call(long window, long tokens) {
        return new CallLog.Entry(window, "c", "s", "a", "w", window, "ASK", tokens, 1, 0);
    }
}
