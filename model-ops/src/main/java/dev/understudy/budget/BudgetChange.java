package dev.understudy.budget;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operator changed about one cap while the jobs run. Of two changes of the same cap the later one holds.
 *
 * @param scope {@link Scope#ALL} for the tenant's caps (audits have their share of them), else a workload
 * @param unit which cap
 * @param cap the new cap, {@link Caps#NONE} for none, {@link #KEEP} for the one of the settings
 * @param target what moves the tenant's prices from now on; null for the one of the settings
 * @param at when it was set
 */
public record BudgetChange(
        Scope scope, BudgetUnit unit, long cap, @Nullable HelpTarget target, Instant at) {
    /** Keeps the cap of the settings. */
    public static final long KEEP = -1;

    public BudgetChange {
        Objects.requireNonNull(unit);
        Objects.requireNonNull(at);
        if (cap < KEEP || scope.part().equals(Scope.AUDITS)) {
            throw new IllegalArgumentException("Cannot set the cap of " + scope + " to " + cap
                    + ": expected at least 0, or -1 to keep it, for a tenant or a workload. Audits have a share of the"
                    + " tenant's caps; set it in the settings.");
        }
    }

    /** Whether it takes an earlier change back. */
    public boolean keepsSettings() {
        return cap == KEEP && target == null;
    }

    TenantBudget apply(TenantBudget budget) {
        TenantBudget changed = target == null ? budget : budget.aimingAt(target);
        if (cap == KEEP) {
            return changed;
        } else if (!scope.isWorkload()) {
            return changed.withCaps(changed.caps().with(unit, cap));
        }
        Caps before = changed.workloads().getOrDefault(scope.part(), new Caps(Caps.NONE, Caps.NONE, Caps.NONE));
        return changed.withWorkload(scope.part(), before.with(unit, cap));
    }
}
