package dev.understudy.budget;

import java.time.Instant;

/** How much of a window's cap can be granted by when. */
public enum Pacing {
    /** All of it from the window's beginning on: whoever comes first is served first. */
    NONE {
        @Override
        public long open(long cap, Window window, Instant now) {
            return cap;
        }
    },
    /**
     * An eighth at the beginning, then evenly over the first seven eighths of the window: a burst cannot use up what
     * the rest of the window needs, and in the last eighth all can be had.
     */
    EVEN {
        @Override
        public long open(long cap, Window window, Instant now) {
            double length = window.length().toMillis();
            double passed = Math.max(0, now.toEpochMilli() - window.start().toEpochMilli());
            double part = FIRST + passed / length;
            return part >= 1 ? cap : (long) (cap * part);
        }
    };

    private static final double FIRST = 0.125;

    /** Units of the cap that are open at {@code now}; the whole cap at the window's end. */
    public abstract long open(long cap, Window window, Instant now);
}
