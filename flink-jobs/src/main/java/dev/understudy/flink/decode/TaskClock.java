package dev.understudy.flink.decode;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/** Flink's processing time as a clock, so that test harnesses can move it. Thread safe as the service is. */
final class TaskClock extends Clock {
    private final ProcessingTimeService time;

    TaskClock(ProcessingTimeService time) {
        this.time = time;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(time.getCurrentProcessingTime());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("[BUG] a task's clock has no zone but UTC");
    }
}
