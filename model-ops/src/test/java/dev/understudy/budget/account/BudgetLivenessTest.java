package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Cost;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.TenantBudget;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without failures the cap is of use: nearly all of it reaches those who ask. Cap 300 tokens and calls a minute. */
class BudgetLivenessTest {
    private static final TenantBudget ACME =
            TenantBudget.of("acme", 300, 300, Duration.ofMinutes(1)).withAuditShare(0);
    private static final BudgetConfig CONFIG = new BudgetConfig(
            List.of(ACME), 8, 3, Duration.ofSeconds(10), Duration.ofMinutes(5), Pacing.NONE, Duration.ZERO);

    private final QuietLoop loop = new QuietLoop(CONFIG, 2);

    @Test
    void spendsTheWholeCapWhenAllAsk() {
        int paid = 0;
        for (int second = 0; second < 30; second++) {
            paid += loop.ask(0, 10) + loop.ask(1, 10);
            loop.second();
        }

        assertThat(paid).isEqualTo(300);
        assertThat(loop.subtasks.get(0).reserve("acme", "order", Cost.of(1, 1), loop.now))
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
                TenantBudget.of("acme", 300, 300, Duration.ofMinutes(1)).withAuditShare(0.2);
        QuietLoop withAudits = new QuietLoop(
                new BudgetConfig(
                        List.of(shared),
                        8,
                        3,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        Pacing.NONE,
                        Duration.ZERO),
                1);
        Allowance audits = withAudits.subtasks.get(0).audits();
        int help = 0;
        for (int second = 0; second < 30; second++) {
            help += withAudits.ask(0, 20);
            withAudits.second();
        }
        audits.reserve("acme", "order", Cost.of(40, 1), withAudits.now);
        withAudits.second();
        withAudits.second();

        assertThat(help).isEqualTo(240);
        assertThat(audits.reserve("acme", "order", Cost.of(40, 1), withAudits.now))
                .isInstanceOf(Reservation.Granted.class);
        assertThat(audits.reserve("acme", "order", Cost.of(40, 1), withAudits.now))
                .isNotInstanceOf(Reservation.Granted.class);
    }

    /** Demand is twice the cap over the window, with the product's own pace of one checkpoint a second. */
    @ParameterizedTest
    @CsvSource({
        "1, even, NONE", "2, even, NONE", "8, even, NONE",
        "2, one, NONE", "8, one, NONE", "8, turns, NONE",
        "1, even, EVEN", "8, even, EVEN"
    })
    void atLeastNinetyFiveHundredthsOfTheCapAreUsed(int parallelism, String who, Pacing pacing) {
        for (long cap : new long[] {300, 6_000}) {
            TenantBudget acme =
                    TenantBudget.of("acme", cap, cap, Duration.ofMinutes(1)).withAuditShare(0);
            QuietLoop quiet = new QuietLoop(BudgetConfig.of(List.of(acme)).paced(pacing), parallelism);
            int asks = (int) (2 * cap / 60);
            long paid = 0;
            for (int second = 0; second < 60; second++) {
                for (int subtask = 0; subtask < parallelism; subtask++) {
                    boolean active = switch (who) {
                        case "one" -> subtask == parallelism - 1;
                        case "turns" -> subtask == second / 10 % parallelism;
                        default -> true;
                    };
                    int share = who.equals("even") ? Math.max(1, asks / parallelism) : asks;
                    paid += active ? quiet.ask(subtask, share) : 0;
                }
                quiet.second();
            }

            assertThat(paid).as("of a cap of %d", cap).isBetween((long) Math.ceil(0.95 * cap), cap);
        }
    }

    @Test
    void aPacedCapIsNotUsedUpAtOnce() {
        QuietLoop paced = new QuietLoop(CONFIG.paced(Pacing.EVEN), 1);
        int paid = 0;
        for (int second = 0; second < 30; second++) {
            paid += paced.ask(0, 100);
            paced.second();
        }
        Reservation afterHalf = paced.subtasks.get(0).reserve("acme", "order", Cost.of(100, 1), paced.now);

        assertThat(paid).as("an eighth and half of the rest of 300").isBetween(150, 188);
        assertThat(afterHalf).as("more is to come").isInstanceOf(Reservation.Awaiting.class);
    }
}
