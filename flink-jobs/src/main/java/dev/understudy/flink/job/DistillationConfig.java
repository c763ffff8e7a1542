package dev.understudy.flink.job;

import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.topic.KafkaAccess;
import java.time.Duration;

/**
 * Settings of a distillation job.
 *
 * @param jobName its name, consumer group and, behind the prefix, the beginning of its transactional ids
 * @param kafka where the topics are
 * @param distil what the operator does
 * @param checkpointInterval time between Flink checkpoints, also the longest time between an accepted verdict and the
 *     publication
 * @param restartAttempts failures that the job survives; the default restart strategy would try for ever
 */
public record DistillationConfig(
        String jobName,
        KafkaAccess kafka,
        DistilOperatorConfig distil,
        Duration checkpointInterval,
        int restartAttempts) {
    public DistillationConfig {
        if (jobName.isBlank()) {
            throw new IllegalArgumentException("distil.job-name is empty; expected a name.");
        }
        if (checkpointInterval.toMillis() < 10) {
            throw new IllegalArgumentException(
                    "distil.checkpoint-interval is " + checkpointInterval + "; expected at least 10 ms.");
        }
    }
}
