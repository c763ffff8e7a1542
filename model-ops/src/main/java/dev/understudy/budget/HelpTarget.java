package dev.understudy.budget;

import java.io.Serializable;

/** What moves a tenant's prices. */
public sealed interface HelpTarget extends Serializable {
    /** Wanted agreement when nothing else is configured. */
    double DEFAULT_AGREEMENT = 0.98;

    /**
     * The highest prices, so the fewest asks, at which the student agrees with the teacher as often as wanted.
     *
     * @param agreement fraction of sequences whose every token is the teacher's or was asked for, in (0, 1]
     */
    record Quality(double agreement) implements HelpTarget {
        public Quality {
            if (!(agreement > 0 && agreement <= 1)) {
                throw new IllegalArgumentException("budget.target.agreement is " + agreement
                        + "; expected a fraction in (0, 1]. Correct the tenant's target.");
            }
        }
    }

    /** Nothing: the policy's own setting is the price. */
    record Fixed() implements HelpTarget {}
}
