package dev.understudy.budget.account;

import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Cost;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A teacher that keeps a log of what it has really done, under the window that each call names, and finds the call that
 * goes beyond a cap. It knows nothing of reservations.
 */
final class SimulatedTeacher {
    /** What is counted: one cap of a tenant, or of one of its workloads. */
    private record Account(String tenant, String part, BudgetUnit unit, Instant window) {}

    private final Map<Account, Long> log = new HashMap<>();
    /** The highest cap that was in force while the window could be granted from. */
    private final Map<Account, Long> caps = new HashMap<>();

    private long done;

    /** A call on its way. */
    record Call(TenantBudget tenant, String workload, Instant window, Cost real) {}

    /** A cap is in force from now on, for the windows that can be granted from. */
    void announce(TenantBudget tenant, Instant now) {
        Window window = Window.of(now, tenant.window());
        for (Window open : List.of(window, window.next())) {
            for (BudgetUnit unit : BudgetUnit.values()) {
                raise(
                        new Account(tenant.tenant(), Scope.ALL, unit, open.start()),
                        tenant.caps().in(unit));
                tenant.workloads()
                        .forEach((workload, caps) ->
                                raise(new Account(tenant.tenant(), workload, unit, open.start()), caps.in(unit)));
            }
        }
    }

    private void raise(Account account, long cap) {
        caps.merge(account, cap, Math::max);
    }

    /** Does the work. */
    void work(Call call) {
        List<String> parts = new ArrayList<>(List.of(Scope.ALL));
        if (call.tenant().workloads().containsKey(call.workload())) {
            parts.add(call.workload());
        }
        for (String part : parts) {
            for (BudgetUnit unit : BudgetUnit.values()) {
                Account account = new Account(call.tenant().tenant(), part, unit, call.window());
                long spent = log.merge(account, call.real().in(unit), Long::sum);
                long cap = caps.getOrDefault(account, 0L);
                if (spent > cap) {
                    throw new InvariantBroken("spent " + spent + " of " + cap + ": " + account);
                }
            }
        }
        done += call.real().tokens();
    }

    /** Tokens in all windows. */
    long done() {
        return done;
    }

    long spent(String tenant, BudgetUnit unit, Window window) {
        return log.getOrDefault(new Account(tenant, Scope.ALL, unit, window.start()), 0L);
    }

    /** What the simulation is there to find. */
    static final class InvariantBroken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvariantBroken(String message) {
            super(message, null, false, false);
        }
    }
}
