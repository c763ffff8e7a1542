package dev.understudy.distil;

import java.time.Duration;

/**
 * Where a training run stands.
 *
 * @param step steps taken, resumed ones included
 * @param steps steps of the schedule
 * @param loss mean loss in nats since the last report
 * @param tokensPerSecond trained tokens a second since the last report, padding included
 * @param timeLeft until the end of the schedule at this speed
 */
public record TrainingProgress(long step, long steps, double loss, double tokensPerSecond, Duration timeLeft) {}
