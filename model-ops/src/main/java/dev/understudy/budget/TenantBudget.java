package dev.understudy.budget;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * What one tenant may use, and what quality it wants for it.
 *
 * @param tenant who pays
 * @param capTokens teacher tokens a window, at least 0
 * @param capCalls teacher calls a window, at least 0
 * @param window length of a window
 * @param auditShare part of both caps that only audits may use, in [0, 1]
 * @param targetQuality wanted fraction of sequences that agree with the teacher, in (0, 1]
 * @param auditEpsilon probability that a finished sequence is shown whole to the teacher, in [0, 1]
 */
public record TenantBudget(
        String tenant,
        long capTokens,
        long capCalls,
        Duration window,
        double auditShare,
        double targetQuality,
        double auditEpsilon)
        implements Serializable {
    /** Wanted agreement when nothing else is configured. */
    public static final double DEFAULT_TARGET_QUALITY = 0.98;

    public TenantBudget {
        Objects.requireNonNull(tenant);
        if (window.toMillis() < 1) {
            throw new IllegalArgumentException(refusal(tenant, "window", window, "at least 1 ms"));
        }
        if (capTokens < 0 || capCalls < 0) {
            throw new IllegalArgumentException(refusal(tenant, "cap", capTokens + "/" + capCalls, "at least 0"));
        }
        requireFraction(tenant, "audit share", auditShare);
        requireFraction(tenant, "audit epsilon", auditEpsilon);
        requireFraction(tenant, "target quality", targetQuality);
        if (targetQuality == 0) {
            throw new IllegalArgumentException(refusal(tenant, "target quality", targetQuality, "above 0"));
        }
    }

    /** A budget with the default target of 0.98, a fifth of it for audits, and an audit for one sequence in fifty. */
    public static TenantBudget of(String tenant, long capTokens, long capCalls, Duration window) {
        return new TenantBudget(tenant, capTokens, capCalls, window, 0.2, DEFAULT_TARGET_QUALITY, 0.02);
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
