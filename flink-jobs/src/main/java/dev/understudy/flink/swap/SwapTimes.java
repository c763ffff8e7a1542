package dev.understudy.flink.swap;

/**
 * What a swap cost.
 *
 * @param loadMillis loading and proving off the task thread, milliseconds; 0 when no load ended
 * @param pauseMillis time that the task thread, and with it every running row, stood still, milliseconds, rounded up
 */
public record SwapTimes(long loadMillis, long pauseMillis) {
    /** No swap yet. */
    public static final SwapTimes NONE = new SwapTimes(0, 0);
}
