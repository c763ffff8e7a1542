package dev.understudy.budget;

import java.io.Serializable;

/** What moves a tenant's prices. */
public sealed interface HelpTarget extends Serializable {
    /** Wanted agreement when nothing else is configured. */
    double DEFAULT_AGREEMENT = 0.98;

    /** Whether it wants a certain use of the teacher, which only policies that heed a price can keep. */
    default boolean wantsUse() {
        return false;
    }

    /**
     * The highest prices, so the fewest asks, at which the student agrees with the teacher as often as wanted.
     *
     * @param agreement fraction of sequences whose every token is the teacher's or was asked for, in (0, 1]
     */
    record Quality(double agreement) implements HelpTarget {
        public Quality {
            requireAbove("budget.target.agreement", agreement, 1);
        }
    }

    /**
     * A share of tokens that the teacher writes, audits apart.
     *
     * @param share teacher tokens a completion token, in (0, 1]
     */
    record Share(double share) implements HelpTarget {
        public Share {
            requireAbove("budget.target.share", share, 1);
        }

        @Override
        public boolean wantsUse() {
            return true;
        }
    }

    /**
     * A cost of the completions, audits and closing looks included.
     *
     * @param microDollars millionths of a dollar for a thousand completion tokens, above 0
     */
    record Spend(double microDollars) implements HelpTarget {
        public Spend {
            requireAbove("budget.target.micro-dollars", microDollars, Double.MAX_VALUE);
        }

        @Override
        public boolean wantsUse() {
            return true;
        }
    }

    /**
     * A delay that waiting for the teacher adds. A soft target: nothing is reserved for it and no cap holds it.
     *
     * @param millis milliseconds of waiting for a thousand completion tokens, above 0
     */
    record Delay(double millis) implements HelpTarget {
        public Delay {
            requireAbove("budget.target.added-millis", millis, Double.MAX_VALUE);
        }

        @Override
        public boolean wantsUse() {
            return true;
        }
    }

    /** Nothing: the policy's own setting is the price. */
    record Fixed() implements HelpTarget {}

    private static void requireAbove(String key, double value, double most) {
        if (!(value > 0 && value <= most)) {
            throw new IllegalArgumentException(key + " is " + value + "; expected a value above 0"
                    + (most == 1 ? ", up to 1" : "") + ". Correct the tenant's target.");
        }
    }
}
