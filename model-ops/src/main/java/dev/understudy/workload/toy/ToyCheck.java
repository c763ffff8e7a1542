package dev.understudy.workload.toy;

import java.util.Locale;

/**
 * One figure of a toy experiment beside what is expected of it.
 *
 * @param id name in the method's list of tests, for example {@code T1}
 * @param what what was measured
 * @param seen the figure
 * @param relation how it must stand to {@code expected}
 * @param expected the reference
 * @param tolerance for {@link Relation#EQUALS}: largest absolute difference; else 0
 */
public record ToyCheck(String id, String what, double seen, Relation relation, double expected, double tolerance) {
    /** How a figure must stand to its reference. */
    public enum Relation {
        EQUALS,
        AT_MOST,
        AT_LEAST
    }

    static ToyCheck equal(String id, String what, double seen, double expected, double tolerance) {
        return new ToyCheck(id, what, seen, Relation.EQUALS, expected, tolerance);
    }

    static ToyCheck atMost(String id, String what, double seen, double bound) {
        return new ToyCheck(id, what, seen, Relation.AT_MOST, bound, 0);
    }

    static ToyCheck atLeast(String id, String what, double seen, double bound) {
        return new ToyCheck(id, what, seen, Relation.AT_LEAST, bound, 0);
    }

    public boolean holds() {
        return switch (relation) {
            case EQUALS -> Math.abs(seen - expected) <= tolerance;
            case AT_MOST -> seen <= expected;
            case AT_LEAST -> seen >= expected;
        };
    }

    /** One line: id, what, seen, expected. */
    public String text() {
        String bound = switch (relation) {
            case EQUALS -> String.format(Locale.ROOT, "%.6g (within %.1g)", expected, tolerance);
            case AT_MOST -> String.format(Locale.ROOT, "at most %.3g", expected);
            case AT_LEAST -> String.format(Locale.ROOT, "at least %.3g", expected);
        };
        return String.format(
                Locale.ROOT, "%-4s %-58s seen %-12.6g expected %s%s", id, what, seen, bound, holds() ? "" : "  MISSED");
    }
}
