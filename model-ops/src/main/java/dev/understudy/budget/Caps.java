package dev.understudy.budget;

import java.io.Serializable;

/**
 * The most that may be used in one window, in every unit, each at least 0; {@link #NONE} where a unit is not limited
 * and so not counted.
 *
 * @param tokens teacher tokens
 * @param calls requests
 * @param microDollars millionths of a dollar
 */
public record Caps(long tokens, long calls, long microDollars) implements Serializable {
    /** No cap. */
    public static final long NONE = Long.MAX_VALUE;

    public Caps {
        if (tokens < 0 || calls < 0 || microDollars < 0) {
            throw new IllegalArgumentException("Cannot cap a budget at " + tokens + " tokens, " + calls + " calls and "
                    + microDollars + " micro-dollars: expected at least 0. Correct the tenant's budget configuration.");
        }
    }

    /** Caps without one on money. */
    public static Caps of(long tokens, long calls) {
        return new Caps(tokens, calls, NONE);
    }

    /** The cap in one unit, {@link #NONE} where there is none. */
    public long in(BudgetUnit unit) {
        return switch (unit) {
            case TOKENS -> tokens;
            case CALLS -> calls;
            case MICRO_DOLLARS -> microDollars;
        };
    }

    /** Whether the unit is limited. */
    public boolean limits(BudgetUnit unit) {
        return in(unit) != NONE;
    }

    /** The same caps with another one for a unit. */
    public Caps with(BudgetUnit unit, long cap) {
        return new Caps(
                unit == BudgetUnit.TOKENS ? cap : tokens,
                unit == BudgetUnit.CALLS ? cap : calls,
                unit == BudgetUnit.MICRO_DOLLARS ? cap : microDollars);
    }
}
