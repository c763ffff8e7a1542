package dev.understudy.budget.account;

import dev.understudy.budget.Cost;
import java.time.Instant;

/** Answer to a request for allowance. */
public sealed interface Reservation {
    /**
     * Paid; the call may be made and counts under this window.
     *
     * @param windowStart start of the window that pays
     * @param cost what was reserved; {@link Allowance#settle} gives back what was not needed
     */
    record Granted(Instant windowStart, Cost cost) implements Reservation {}

    /** Nothing here now, but the cap may leave room: a grant has been asked for. */
    record Awaiting() implements Reservation {}

    /** The cap of this window is used up. */
    record Exhausted() implements Reservation {}
}
