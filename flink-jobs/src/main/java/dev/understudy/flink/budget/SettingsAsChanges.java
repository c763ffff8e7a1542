package dev.understudy.flink.budget;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings of a job in the form of changes, one a cap; the target goes with the tenant's cap in tokens. */
final class SettingsAsChanges {
    private SettingsAsChanges() {}

    static List<BudgetChange> of(BudgetConfig config, Instant at) {
        List<BudgetChange> all = new ArrayList<>();
        for (TenantBudget tenant : config.tenants()) {
            add(all, Scope.help(tenant.tenant()), tenant.caps(), tenant.target(), at);
            new TreeMap<>(tenant.workloads())
                    .forEach((workload, caps) -> add(all, Scope.workload(tenant.tenant(), workload), caps, null, at));
        }
        return all;
    }

    private static void add(List<BudgetChange> all, Scope scope, Caps caps, @Nullable HelpTarget target, Instant at) {
        for (BudgetUnit unit : BudgetUnit.values()) {
            boolean carriesTarget = target != null && unit == BudgetUnit.TOKENS;
            if (caps.limits(unit) || carriesTarget) {
                all.add(new BudgetChange(scope, unit, caps.in(unit), carriesTarget ? target : null, at));
            }
        }
    }
}
