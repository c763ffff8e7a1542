package dev.understudy.budget;

import java.time.Instant;

/** What a decoding subtask may spend, asked before every teacher call. Owned by the task thread. */
public interface Allowance {
    /**
     * Reserves the cost of one call under the current window of the tenant.
     *
     * @param tokens teacher tokens, at least 0
     * @param calls teacher calls, at least 0
     */
    Reservation reserve(String tenant, String workload, long tokens, long calls, Instant now);
}
