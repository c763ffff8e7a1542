package dev.understudy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Without failures the cap is of use: nearly all of it reaches those who ask. Cap 300 tokens and calls a minute. */
class BudgetLivenessTest {
    private static final TenantBudget ACME =
            new TenantBudget("acme", 300, 300, Duration.ofMinutes(1), 0, new HelpTarget.Quality(0.98), 0.02);
    private static final BudgetConfig CONFIG =
            new BudgetConfig(List.of(ACME), 8, 3, Duration.ofSeconds(10), Duration.ofMinutes(5));

    private final QuietLoop loop = new QuietLoop(CONFIG, 2);

    @Test
    void spendsTheWholeCapWhenAllAsk() {
        int paid = 0;
        for (int second = 0; second < 30; second++) {
            paid += loop.ask(0, 10) + loop.ask(1, 10);
            loop.second();
        }

        assertThat(paid).isEqualTo(300);
        assertThat(loop.subtasks.get(0).reserve("acme", "order", 1, 1, loop.now))
                .isInstanceOf(Reservation.Exhausted.class);
    }

    @Test
    void returnsTheGrantsOfAnIdleShardToThoseWhoAsk() {
        int paid = loop.ask(1, 50);
        for (int second = 0; second < 3; second++) {
            loop.second();
            paid += loop.ask(1, 20);
        }
        for (int second = 3; second < 55; second++) {
            loop.second();
            paid += loop.ask(0, 20);
        }

        assertThat(paid).isEqualTo(300);
    }

    @Test
    void paysFromTheFirstSecondOfTheNextWindow() {
        for (int second = 0; second < 59; second++) {
            loop.ask(0, 4);
            loop.second();
        }
        loop.second();

        assertThat(loop.now).isEqualTo(QuietLoop.START.plusSeconds(60));
        assertThat(loop.ask(0, 4)).isEqualTo(4);
    }

    @Test
    void paysASteadyDemandWithoutAWaitOnceItIsKnown() {
        for (int second = 0; second < 5; second++) {
            loop.ask(0, 4);
            loop.second();
        }
        for (int second = 5; second < 50; second++) {
            assertThat(loop.ask(0, 4)).as("second %d", second).isEqualTo(4);
            loop.second();
        }
    }

    @Test
    void paysAuditsFromTheirOwnShare() {
        TenantBudget shared =
                new TenantBudget("acme", 300, 300, Duration.ofMinutes(1), 0.2, new HelpTarget.Quality(0.98), 0.02);
        QuietLoop withAudits = new QuietLoop(
                new BudgetConfig(List.of(shared), 8, 3, Duration.ofSeconds(10), Duration.ofMinutes(5)), 1);
        Allowance audits = withAudits.subtasks.get(0).audits();
        int help = 0;
        for (int second = 0; second < 30; second++) {
            help += withAudits.ask(0, 20);
            withAudits.second();
        }
        audits.reserve("acme", "order", 40, 1, withAudits.now);
        withAudits.second();
        withAudits.second();

        assertThat(help).isEqualTo(240);
        assertThat(audits.reserve("acme", "order", 40, 1, withAudits.now)).isInstanceOf(Reservation.Granted.class);
        assertThat(audits.reserve("acme", "order", 40, 1, withAudits.now)).isNotInstanceOf(Reservation.Granted.class);
    }
}
