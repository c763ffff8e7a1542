package dev.understudy.budget.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetChangeTest {
    private static final Instant NOW = QuietLoop.START;
    private static final TenantBudget ACME = TenantBudget.of("acme", 100, 50, Duration.ofMinutes(1));
    private static final BudgetConfig CONFIG = BudgetConfig.of(List.of(ACME));
    private static final Scope ALL = Scope.help("acme");

    @Test
    void theLaterChangeOfACapHolds() {
        BudgetConfig changed = CONFIG.changedBy(List.of(
                new BudgetChange(ALL, BudgetUnit.TOKENS, 30, null, NOW.plusSeconds(2)),
                new BudgetChange(ALL, BudgetUnit.TOKENS, 70, null, NOW.plusSeconds(1)),
                new BudgetChange(ALL, BudgetUnit.MICRO_DOLLARS, 900, null, NOW)));

        assertThat(changed.tenants()).containsExactly(ACME.withCaps(new Caps(30, 50, 900)));
    }

    @Test
    void aTargetIsChangedWithoutTheCap() {
        HelpTarget share = new HelpTarget.Share(0.1);

        assertThat(CONFIG.changedBy(List.of(new BudgetChange(ALL, BudgetUnit.TOKENS, BudgetChange.KEEP, share, NOW)))
                        .tenants())
                .containsExactly(ACME.aimingAt(share));
    }

    @Test
    void aWorkloadGetsACapOfItsOwn() {
        BudgetConfig changed = CONFIG.changedBy(
                List.of(new BudgetChange(Scope.workload("acme", "order"), BudgetUnit.CALLS, 7, null, NOW)));

        assertThat(changed.tenants()).containsExactly(ACME.withWorkload("order", Caps.of(Caps.NONE, 7)));
    }

    @Test
    void changesForStrangersMeanNothing() {
        assertThat(CONFIG.changedBy(List.of(new BudgetChange(Scope.help("stranger"), BudgetUnit.CALLS, 7, null, NOW))))
                .isEqualTo(CONFIG);
    }

    @Test
    void aLoweredCapBindsAtOnceAndARaisedOneIsGrantedAtOnce() {
        QuietLoop loop = new QuietLoop(CONFIG.with(List.of(ACME.withAuditShare(0))), 1);
        int paid = spend(loop, 10);
        assertThat(paid).isEqualTo(50);

        loop.configure(List.of(new BudgetChange(ALL, BudgetUnit.CALLS, 20, null, NOW)));
        assertThat(spend(loop, 5))
                .as("more than the lowered cap is spent already")
                .isZero();
        loop.configure(List.of(new BudgetChange(ALL, BudgetUnit.CALLS, 80, null, NOW)));

        assertThat(spend(loop, 10)).isEqualTo(30);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertThatThrownBy(() -> new BudgetChange(ALL, BudgetUnit.CALLS, -2, null, NOW))
                .hasMessageContaining("expected at least 0, or -1");
        assertThatThrownBy(() -> new BudgetChange(Scope.audits("acme"), BudgetUnit.CALLS, 2, null, NOW))
                .hasMessageContaining("Audits have a share");
    }

    private static int spend(QuietLoop loop, int seconds) {
        int paid = 0;
        for (int second = 0; second < seconds; second++) {
            paid += loop.ask(0, 30);
            loop.second();
        }
        return paid;
    }
}
