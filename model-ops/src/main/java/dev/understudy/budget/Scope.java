package dev.understudy.budget;

import java.util.Objects;

/**
 * The part of a tenant's traffic that one cap covers.
 *
 * @param tenant who pays
 * @param part {@link #ALL} for help in any workload, {@link #AUDITS} for the share that is set aside for audits
 */
public record Scope(String tenant, String part) implements Comparable<Scope> {
    public static final String ALL = "*";
    public static final String AUDITS = "*audits";

    public Scope {
        Objects.requireNonNull(tenant);
        if (!part.equals(ALL) && !part.equals(AUDITS)) {
            throw new IllegalArgumentException("Cannot budget part '" + part + "' of tenant " + tenant
                    + ": caps are per tenant. Use '" + ALL + "' or '" + AUDITS + "'.");
        }
    }

    public static Scope help(String tenant) {
        return new Scope(tenant, ALL);
    }

    public static Scope audits(String tenant) {
        return new Scope(tenant, AUDITS);
    }

    @Override
    public int compareTo(Scope other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : part.compareTo(other.part);
    }
}
