package dev.understudy.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A stretch of processing time with a cap of its own, aligned to the epoch in UTC.
 *
 * @param start first instant that belongs to it, a multiple of the length since the epoch
 * @param length at least one millisecond
 */
public record Window(Instant start, Duration length) implements Comparable<Window> {
    public Window {
        Objects.requireNonNull(start);
        if (length.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "Cannot use a budget window of " + length + ": expected at least 1 ms. Set a longer window.");
        }
        if (Math.floorMod(start.toEpochMilli(), length.toMillis()) != 0) {
            throw new IllegalArgumentException("Cannot start a budget window of " + length + " at " + start
                    + ": windows are aligned to the epoch. Build it with Window.of.");
        }
    }

    /** The window that contains {@code now}. */
    public static Window of(Instant now, Duration length) {
        long millis = Math.max(1, length.toMillis());
        return new Window(Instant.ofEpochMilli(now.toEpochMilli() / millis * millis), length);
    }

    /** First instant after this window. */
    public Instant end() {
        return start.plus(length);
    }

    public Window next() {
        return new Window(end(), length);
    }

    /** Whether the window was over at {@code now}. */
    public boolean endedBy(Instant now) {
        return !now.isBefore(end());
    }

    @Override
    public int compareTo(Window other) {
        int byStart = start.compareTo(other.start);
        return byStart != 0 ? byStart : length.compareTo(other.length);
    }
}
