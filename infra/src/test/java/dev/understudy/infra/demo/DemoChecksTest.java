package dev.understudy.infra.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoChecksTest {
    @Test
    void holdsWhenEveryPromiseIsKept() {
        assertThat(DemoChecks.judge(report(0, 0, 0.05, 0.9), DemoPromises.FULL)).allMatch(DemoChecks.Check::holds);
    }

    @Test
    void aLostPromptIsSeen() {
        assertThat(broken(report(1, 0, 0.05, 0.9))).containsExactly("prompts lost");
    }

    @Test
    void aBudgetViolationIsSeen() {
        assertThat(broken(report(0, 1, 0.05, 0.9))).containsExactly("budget violations");
    }

    @Test
    void aTeacherShareThatStaysIsSeen() {
        assertThat(broken(report(0, 0, 0.2, 0.9))).containsExactly("teacher share of log-c2 at the end");
    }

    @Test
    void aStudentThatLearnsNothingIsSeen() {
        assertThat(broken(report(0, 0, 0.05, 0.3))).containsExactly("gain of the student alone on log-c2");
    }

    private static List<String> broken(DemoReport report) {
        return DemoChecks.judge(report, DemoPromises.FULL).stream()
                .filter(check -> !check.holds())
                .map(DemoChecks.Check::name)
                .toList();
    }

    private static DemoReport report(long lost, long violations, double endShare, double endAlone) {
        return new DemoReport(
                100,
                100 - lost,
                lost,
                0,
                10,
                new DemoReport.Budget(
                        61_000,
                        900,
                        violations,
                        Map.of(
                                Traffic.LARGE, new DemoReport.Tenant(60_000, 500, 80, 0),
                                Traffic.SMALL, new DemoReport.Tenant(1_000, 1_000, 20, 5))),
                List.of(new DemoReport.Phase("settled", 100, 0.97, 0.98, 0.02, Map.of())),
                Map.of(
                        "log-c2", new DemoReport.Share(1, endShare, List.of(1.0, endShare)),
                        "order-c2", new DemoReport.Share(1, 0.4, List.of(1.0, 0.4))),
                Map.of(
                        "log-c2", new DemoReport.Alone(0, endAlone, -endAlone, -endAlone, 300),
                        "order-c2", new DemoReport.Alone(0.6, 0.9, -0.3, -0.35, 300),
                        "log-c1", new DemoReport.Alone(0.99, 0.97, 0.02, 0, 300)),
                new DemoReport.Checkpoints(2, 1, 0, 2),
                240,
                1,
                "00");
    }
}
