package dev.understudy.flink.metric;

/**
 * The largest value of the last one to two periods: reading changes nothing, so that several reporters see the same.
 * Written by the task thread, read by any.
 */
public final class SlidingMaximum {
    private final long periodNanos;
    private volatile long begun;
    private volatile long current;
    private volatile long previous;

    /**
     * @param periodNanos length of a period, nanoseconds, at least 1
     * @param now of {@link System#nanoTime()}
     */
    public SlidingMaximum(long periodNanos, long now) {
        this.periodNanos = periodNanos;
        begun = now;
    }

    /** One more value at {@code now}; values are at least 0. */
    public void add(long value, long now) {
        roll(now);
        if (value > current) {
            current = value;
        }
    }

    /** The largest value added within the present period and the one before; 0 when none was. */
    public long maximum(long now) {
        long age = now - begun;
        if (age < periodNanos) {
            return Math.max(current, previous);
        }
        return age < 2 * periodNanos ? current : 0;
    }

    private void roll(long now) {
        long age = now - begun;
        if (age >= periodNanos) {
            previous = age < 2 * periodNanos ? current : 0;
            current = 0;
            begun = now;
        }
    }
}
