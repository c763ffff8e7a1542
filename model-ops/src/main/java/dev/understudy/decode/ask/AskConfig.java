package dev.understudy.decode.ask;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a decoder uses its teacher.
 *
 * @param policy when the student asks
 * @param auditShare probability that a finished sequence is shown whole to the teacher, in [0, 1]
 * @param closingLook whether the tail after the last ask is shown to the teacher
 * @param timeout how long a look may take; a look that timed out stays paid
 * @param pause how long nothing is asked after a failed look, so that a teacher that is down does not eat the budget
 */
public record AskConfig(AskPolicy policy, double auditShare, boolean closingLook, Duration timeout, Duration pause)
        implements Serializable {
    public AskConfig {
        if (!(auditShare >= 0 && auditShare <= 1)) {
            throw new IllegalArgumentException(
                    "decode.audit-share is " + auditShare + "; expected a fraction from 0 to 1.");
        }
        if (timeout.isNegative() || timeout.isZero() || pause.isNegative()) {
            throw new IllegalArgumentException("decode.teacher-timeout is " + timeout + " and decode.teacher-pause is "
                    + pause + "; expected above zero and at least zero.");
        }
    }

    /** The product's defaults with the given policy: audit share 0.02, closing look, 10 s timeout, 2 s pause. */
    public static AskConfig of(AskPolicy policy) {
        return new AskConfig(policy, 0.02, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    /** No asks, no audits. */
    public static AskConfig never() {
        return new AskConfig(new AskPolicy.Never(), 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
