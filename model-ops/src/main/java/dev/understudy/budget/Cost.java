package dev.understudy.budget;

/**
 * What a call of the teacher costs, in every unit, each at least 0.
 *
 * @param tokens teacher tokens
 * @param calls requests
 * @param microDollars millionths of a dollar
 */
public record Cost(long tokens, long calls, long microDollars) {
    public Cost {
        if (tokens < 0 || calls < 0 || microDollars < 0) {
            throw new IllegalArgumentException("Cannot reserve " + tokens + " tokens, " + calls + " calls and "
                    + microDollars + " micro-dollars: expected at least 0. Reserve the cost of a call.");
        }
    }

    /** A cost without money. */
    public static Cost of(long tokens, long calls) {
        return new Cost(tokens, calls, 0);
    }

    /** The cost in one unit. */
    public long in(BudgetUnit unit) {
        return switch (unit) {
            case TOKENS -> tokens;
            case CALLS -> calls;
            case MICRO_DOLLARS -> microDollars;
        };
    }
}
