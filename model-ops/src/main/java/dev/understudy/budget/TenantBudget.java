package dev.understudy.budget;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * What one tenant may use, and what it wants for it.
 *
 * @param tenant who pays
 * @param capTokens teacher tokens a window, at least 0
 * @param capCalls teacher calls a window, at least 0
 * @param window length of a window
 * @param auditShare part of both caps that only audits may use, in [0, 1]
 * @param target what moves its prices
 * @param auditEpsilon probability that a finished sequence is shown whole to the teacher, in [0, 1]
 */
public record TenantBudget(
        String tenant,
        long capTokens,
        long capCalls,
        Duration window,
        double auditShare,
        HelpTarget target,
        double auditEpsilon)
        implements Serializable {
    public TenantBudget {
        Objects.requireNonNull(tenant);
        Objects.requireNonNull(target);
        if (window.toMillis() < 1) {
            throw new IllegalArgumentException(refusal(tenant, "window", window, "at least 1 ms"));
        }
        if (capTokens < 0 || capCalls < 0) {
            throw new IllegalArgumentException(refusal(tenant, "cap", capTokens + "/" + capCalls, "at least 0"));
        }
        requireFraction(tenant, "audit share", auditShare);
        requireFraction(tenant, "audit epsilon", auditEpsilon);
    }

    /** A budget with the default target of 0.98, a fifth of it for audits, and an audit for one sequence in fifty. */
    public static TenantBudget of(String tenant, long capTokens, long capCalls, Duration window) {
        return new TenantBudget(
                tenant, capTokens, capCalls, window, 0.2, new HelpTarget.Quality(HelpTarget.DEFAULT_AGREEMENT), 0.02);
    }

    /** The same caps for another target. */
    public TenantBudget aimingAt(HelpTarget other) {
        return new TenantBudget(tenant, capTokens, capCalls, window, auditShare, other, auditEpsilon);
    }

    /** The cap of one scope a window; help and audits add up to the tenant's cap exactly. */
    public long cap(Scope scope, BudgetUnit unit) {
        long whole = unit == BudgetUnit.TOKENS ? capTokens : capCalls;
        long audits = (long) Math.floor(whole * auditShare);
        return scope.part().equals(Scope.AUDITS) ? audits : whole - audits;
    }

    private static void requireFraction(String tenant, String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(refusal(tenant, name, value, "a fraction in [0, 1]"));
        }
    }

    private static String refusal(String tenant, String name, Object found, String expected) {
        return "Cannot use the budget of tenant " + tenant + ": " + name + " is " + found + ", expected " + expected
                + ". Correct the tenant's budget configuration.";
    }
}
