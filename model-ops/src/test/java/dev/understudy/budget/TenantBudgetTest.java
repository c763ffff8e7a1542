package dev.understudy.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantBudgetTest {
    @Test
    void helpAndAuditsAddUpToTheCap() {
        TenantBudget budget =
                TenantBudget.of("acme", 101, 7, Duration.ofSeconds(60)).withAuditShare(0.25);

        assertThat(budget.cap(Scope.help("acme"), BudgetUnit.TOKENS)).isEqualTo(76);
        assertThat(budget.cap(Scope.audits("acme"), BudgetUnit.TOKENS)).isEqualTo(25);
        assertThat(budget.cap(Scope.help("acme"), BudgetUnit.CALLS)).isEqualTo(6);
        assertThat(budget.cap(Scope.audits("acme"), BudgetUnit.CALLS)).isEqualTo(1);
    }

    @Test
    void workloadsMayHaveCapsInsideTheTenants() {
        TenantBudget budget =
                TenantBudget.of("acme", 100, 100, Duration.ofMinutes(1)).withWorkload("order", Caps.of(10, Caps.NONE));

        assertThat(budget.cap(Scope.workload("acme", "order"), BudgetUnit.TOKENS))
                .isEqualTo(10);
        assertThat(budget.cap(Scope.workload("acme", "order"), BudgetUnit.CALLS))
                .isEqualTo(Caps.NONE);
        assertThat(budget.cap(Scope.workload("acme", "log"), BudgetUnit.TOKENS)).isZero();
        assertThat(budget.cap(Scope.help("acme"), BudgetUnit.MICRO_DOLLARS)).isEqualTo(Caps.NONE);
        assertThatThrownBy(() -> budget.withWorkload("*order", Caps.of(1, 1)))
                .hasMessageContaining("Rename the workload");
    }

    @Test
    void hasDefaults() {
        assertThat(TenantBudget.of("acme", 10, 20, Duration.ofMinutes(1)))
                .isEqualTo(
                        TenantBudget.of("acme", 10, 20, Duration.ofMinutes(1)).withAuditShare(0.2));
        assertThat(BudgetConfig.of(List.of()))
                .isEqualTo(new BudgetConfig(
                        List.of(), 16, 5, Duration.ofSeconds(10), Duration.ofMinutes(10), Pacing.NONE, Duration.ZERO));
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> TenantBudget.of("acme", -1, 20, Duration.ofMinutes(1)))
                .hasMessageContaining("at -1 tokens, 20 calls")
                .hasMessageContaining("Correct the tenant's budget configuration");
        assertThatThrownBy(() -> TenantBudget.of("acme", 1, 20, Duration.ZERO)).hasMessageContaining("at least 1 ms");
        TenantBudget acme = TenantBudget.of("acme", 10, 20, Duration.ofMinutes(1));
        assertThatThrownBy(() -> BudgetConfig.of(List.of(acme, acme)))
                .hasMessageContaining("Remove the repeated tenant");
    }

    @Test
    void windowsAreAlignedToTheEpoch() {
        Window window = Window.of(Instant.parse("2030-01-01T00:01:59.999Z"), Duration.ofMinutes(1));

        assertThat(window.start()).isEqualTo(Instant.parse("2030-01-01T00:01:00Z"));
        assertThat(window.endedBy(Instant.parse("2030-01-01T00:01:59.999Z"))).isFalse();
        assertThat(window.endedBy(Instant.parse("2030-01-01T00:02:00Z"))).isTrue();
        assertThatThrownBy(() -> new Window(Instant.parse("2030-01-01T00:00:01Z"), Duration.ofMinutes(1)))
                .hasMessageContaining("Build it with Window.of");
    }
}
