package dev.understudy.budget.account;

import dev.understudy.budget.Cost;
import dev.understudy.budget.WhenSpent;
import java.time.Duration;
import java.time.Instant;

/** What a decoding subtask may spend, asked before every teacher call. Owned by the task thread. */
@FunctionalInterface
public interface Allowance {
    /**
     * Reserves the most that one call can cost, under the current window of the tenant.
     *
     * @param cost worst case of the call
     */
    Reservation reserve(String tenant, String workload, Cost cost, Instant now);

    /**
     * Ends a reservation once it is known what the call has really cost. A call whose answer never came has cost all
     * that was reserved: the teacher may have done the work.
     *
     * @param cost real cost; what exceeds the reservation is not counted, since a cap could not hold it any more
     */
    default void settle(String tenant, String workload, Reservation.Granted reservation, Cost cost) {}

    /** How long a sequence waits for allowance that may still come before it goes on alone. */
    default Duration patience() {
        return Duration.ZERO;
    }

    /** What becomes of a sequence of this tenant that wants help when a cap is used up. */
    default WhenSpent whenSpent(String tenant) {
        return WhenSpent.CONTINUE;
    }
}
