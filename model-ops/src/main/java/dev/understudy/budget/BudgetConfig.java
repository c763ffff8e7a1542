package dev.understudy.budget;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Budgets of all tenants and the pace at which allowance moves between ledger and shards.
 *
 * @param tenants one budget a tenant
 * @param minimumChunk smallest request for allowance and smallest reserve, in units, at least 1
 * @param idleCheckpoints checkpoints without demand after which unused grants flow back, at least 1
 * @param lookAhead how long before a window starts a slice of it is asked for; at most a quarter of the window is used
 * @param grace how long after its end the counters of a window are kept; it must exceed the longest disagreement of two
 *     clocks and the longest stay of a record on its way
 * @param pacing how much of a window's cap can be granted by when
 * @param patience how long a sequence waits for allowance that may still come before it goes on alone
 */
public record BudgetConfig(
        List<TenantBudget> tenants,
        long minimumChunk,
        int idleCheckpoints,
        Duration lookAhead,
        Duration grace,
        Pacing pacing,
        Duration patience)
        implements Serializable {
    public BudgetConfig {
        tenants = List.copyOf(tenants);
        long names = tenants.stream().map(TenantBudget::tenant).distinct().count();
        if (names != tenants.size()) {
            throw new IllegalArgumentException("Cannot use the budget configuration: found " + tenants.size()
                    + " budgets for " + names + " tenants, expected one each. Remove the repeated tenant.");
        }
        if (minimumChunk < 1 || idleCheckpoints < 1) {
            throw new IllegalArgumentException("Cannot use the budget configuration: minimum chunk " + minimumChunk
                    + " and idle checkpoints " + idleCheckpoints + " must be at least 1. Raise them.");
        }
        if (lookAhead.isNegative() || grace.isNegative() || patience.isNegative()) {
            throw new IllegalArgumentException("Cannot use the budget configuration: look-ahead " + lookAhead
                    + ", grace " + grace + " and patience " + patience + " must not be negative. Correct them.");
        }
    }

    /**
     * Chunks of at least 16, back after 5 idle checkpoints, asked for 10 s ahead, kept for 10 minutes, not paced, and
     * nobody waits.
     */
    public static BudgetConfig of(List<TenantBudget> tenants) {
        return new BudgetConfig(
                tenants, 16, 5, Duration.ofSeconds(10), Duration.ofMinutes(10), Pacing.NONE, Duration.ZERO);
    }

    /** The same pace for other budgets. */
    public BudgetConfig with(List<TenantBudget> others) {
        return new BudgetConfig(others, minimumChunk, idleCheckpoints, lookAhead, grace, pacing, patience);
    }

    /** These budgets as operators changed them; changes for tenants without a budget mean nothing. */
    public BudgetConfig changedBy(Collection<BudgetChange> changes) {
        List<BudgetChange> inOrder =
                changes.stream().sorted(Comparator.comparing(BudgetChange::at)).toList();
        List<TenantBudget> changed = new ArrayList<>();
        for (TenantBudget tenant : tenants) {
            TenantBudget now = tenant;
            for (BudgetChange change : inOrder) {
                if (change.scope().tenant().equals(tenant.tenant())) {
                    now = change.apply(now);
                }
            }
            changed.add(now);
        }
        return with(changed);
    }

    /** The same budgets, paced otherwise. */
    public BudgetConfig paced(Pacing other) {
        return new BudgetConfig(tenants, minimumChunk, idleCheckpoints, lookAhead, grace, other, patience);
    }

    /** The same budgets, with another wait for allowance. */
    public BudgetConfig waiting(Duration other) {
        return new BudgetConfig(tenants, minimumChunk, idleCheckpoints, lookAhead, grace, pacing, other);
    }

    /** The budgets by the name of their tenant. */
    public Map<String, TenantBudget> byTenant() {
        return tenants.stream().collect(Collectors.toMap(TenantBudget::tenant, Function.identity()));
    }

    /** The budget of one tenant, or null when the tenant has none and so may not ask at all. */
    public @Nullable TenantBudget tenant(String name) {
        return byTenant().get(name);
    }
}
