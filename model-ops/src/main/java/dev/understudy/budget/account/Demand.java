package dev.understudy.budget.account;

/**
 * How much is asked for between two checkpoints, granted or not; sizes the requests for allowance. Design of the sizes:
 * the reserve covers four intervals, because it is raised once an interval and usable one completed checkpoint later;
 * the chunk covers twice that, so that the ledger's answer arrives before half of it is used.
 */
final class Demand {
    private static final int RESERVED_INTERVALS = 4;
    private static final double DECAY = 0.75;

    private long askedNow;
    private long largestNow;
    private double rate;
    private long largest;
    private int idle;

    void asked(long units) {
        askedNow += units;
        largestNow = Math.max(largestNow, units);
    }

    void closeInterval() {
        idle = askedNow == 0 ? idle + 1 : 0;
        // A burst must be met at once, a pause must not shrink the reserve at once: up by jumps, down by steps.
        rate = Math.max((double) askedNow, rate * DECAY);
        largest = Math.max(largestNow, (long) (largest * DECAY));
        askedNow = 0;
        largestNow = 0;
    }

    /** Whether anything was asked in the last interval, and so more may be needed. */
    boolean active() {
        return idle == 0;
    }

    boolean idleFor(int intervals) {
        return idle >= intervals;
    }

    /** The largest single cost of late, in units. */
    long largest() {
        return largest;
    }

    /** Units that the reserve should leave free. */
    long reserve(long minimum) {
        return Math.max(Math.max(minimum, largest), (long) Math.ceil(RESERVED_INTERVALS * rate));
    }

    /** Units that a request for allowance should leave free. */
    long chunk(long minimum) {
        return Math.max(Math.max(minimum, largest), (long) Math.ceil(2 * RESERVED_INTERVALS * rate));
    }
}
