package dev.understudy.budget;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What one tenant may use, and what it wants for it.
 *
 * @param tenant who pays
 * @param caps the most that all its workloads may use together in a window
 * @param workloads further caps inside those, for single workloads
 * @param window length of a window
 * @param auditShare part of the tenant's caps that only audits may use, in [0, 1]
 * @param target what moves its prices
 * @param whenSpent what becomes of a sequence that wants help when a cap is used up
 */
public record TenantBudget(
        String tenant,
        Caps caps,
        Map<String, Caps> workloads,
        Duration window,
        double auditShare,
        HelpTarget target,
        WhenSpent whenSpent)
        implements Serializable {
    public TenantBudget {
        Objects.requireNonNull(tenant);
        Objects.requireNonNull(caps);
        Objects.requireNonNull(target);
        Objects.requireNonNull(whenSpent);
        workloads = Map.copyOf(workloads);
        workloads.keySet().forEach(workload -> Scope.workload(tenant, workload));
        if (window.toMillis() < 1) {
            throw new IllegalArgumentException(refusal(tenant, "window", window, "at least 1 ms"));
        }
        if (!(auditShare >= 0 && auditShare <= 1)) {
            throw new IllegalArgumentException(refusal(tenant, "audit share", auditShare, "a fraction in [0, 1]"));
        }
    }

    /** Caps in tokens and calls, the default target of 0.98, a fifth of the caps for audits. */
    public static TenantBudget of(String tenant, long capTokens, long capCalls, Duration window) {
        return new TenantBudget(
                tenant,
                Caps.of(capTokens, capCalls),
                Map.of(),
                window,
                0.2,
                new HelpTarget.Quality(HelpTarget.DEFAULT_AGREEMENT),
                WhenSpent.CONTINUE);
    }

    /** The same budget for another target. */
    public TenantBudget aimingAt(HelpTarget other) {
        return new TenantBudget(tenant, caps, workloads, window, auditShare, other, whenSpent);
    }

    /** The same budget with another part for audits. */
    public TenantBudget withAuditShare(double share) {
        return new TenantBudget(tenant, caps, workloads, window, share, target, whenSpent);
    }

    /** The same budget with other caps for all workloads together. */
    public TenantBudget withCaps(Caps other) {
        return new TenantBudget(tenant, other, workloads, window, auditShare, target, whenSpent);
    }

    /** The same budget with caps of its own for a workload, in place of earlier ones. */
    public TenantBudget withWorkload(String workload, Caps its) {
        Map<String, Caps> more = new TreeMap<>(workloads);
        more.put(workload, its);
        return new TenantBudget(tenant, caps, more, window, auditShare, target, whenSpent);
    }

    /** The same budget with another answer to a cap that is used up. */
    public TenantBudget whenSpent(WhenSpent other) {
        return new TenantBudget(tenant, caps, workloads, window, auditShare, target, other);
    }

    /** The cap of one scope a window, {@link Caps#NONE} where there is none; help and audits add up exactly. */
    public long cap(Scope scope, BudgetUnit unit) {
        if (scope.isWorkload()) {
            Caps its = workloads.get(scope.part());
            return its == null ? 0 : its.in(unit);
        }
        long whole = caps.in(unit);
        if (whole == Caps.NONE) {
            return Caps.NONE;
        }
        long audits = (long) Math.floor(whole * auditShare);
        return scope.part().equals(Scope.AUDITS) ? audits : whole - audits;
    }

    /** Every scope that pays for help, or for an audit, in a workload. */
    public List<Scope> payers(String workload, String part) {
        List<Scope> scopes = new ArrayList<>(List.of(new Scope(tenant, part)));
        if (workloads.containsKey(workload)) {
            scopes.add(Scope.workload(tenant, workload));
        }
        return scopes;
    }

    private static String refusal(String tenant, String name, Object found, String expected) {
        return "Cannot use the budget of tenant " + tenant + ": " + name + " is " + found + ", expected " + expected
                + ". Correct the tenant's budget configuration.";
    }
}
