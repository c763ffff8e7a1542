package dev.understudy.budget;

import java.util.Objects;

/**
 * The part of a tenant's traffic that one cap covers.
 *
 * @param tenant who pays
 * @param part {@link #ALL} for help in any workload, {@link #AUDITS} for the share that is set aside for audits, else a
 *     workload that has a cap of its own inside the tenant's
 */
public record Scope(String tenant, String part) implements Comparable<Scope> {
    public static final String ALL = "*";
    public static final String AUDITS = "*audits";
    /** No workload's name begins with it, so that parts and workloads never meet. */
    private static final String RESERVED = "*";

    public Scope {
        Objects.requireNonNull(tenant);
        boolean known = part.equals(ALL) || part.equals(AUDITS) || !part.startsWith(RESERVED);
        if (part.isEmpty() || !known) {
            throw new IllegalArgumentException("Cannot budget part '" + part + "' of tenant " + tenant + ": expected '"
                    + ALL + "', '" + AUDITS + "' or a workload. Rename the workload.");
        }
    }

    public static Scope help(String tenant) {
        return new Scope(tenant, ALL);
    }

    public static Scope audits(String tenant) {
        return new Scope(tenant, AUDITS);
    }

    /** Everything in one workload, audits included. */
    public static Scope workload(String tenant, String workload) {
        return new Scope(tenant, workload);
    }

    /** Whether it covers one workload alone. */
    public boolean isWorkload() {
        return !part.startsWith(RESERVED);
    }

    @Override
    public int compareTo(Scope other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : part.compareTo(other.part);
    }
}
