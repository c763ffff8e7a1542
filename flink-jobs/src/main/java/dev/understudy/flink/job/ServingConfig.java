package dev.understudy.flink.job;

import dev.understudy.flink.decode.OperatorSettings;
import java.io.Serializable;
import java.time.Duration;

/**
 * Settings of a serving job.
 *
 * @param decode what a decoding subtask needs to know: topics, student, policy, budgets, teacher
 * @param parallelism decoding subtasks, 1 to 64; more than the prompt topic has partitions stay idle
 * @param delivery what a reader of completions can rely on
 * @param checkpointInterval time between Flink checkpoints, also the longest time until a read-committed reader sees a
 *     completion and until help that was granted can be spent
 * @param restartAttempts failures that the job survives; the default restart strategy would try for ever
 */
public record ServingConfig(
        OperatorSettings decode, int parallelism, Delivery delivery, Duration checkpointInterval, int restartAttempts)
        implements Serializable {
    /** Shards of the help budget move as a whole: more subtasks would own none. */
    private static final int MOST_SUBTASKS = 64;

    public ServingConfig {
        if (parallelism < 1 || parallelism > MOST_SUBTASKS) {
            throw new IllegalArgumentException(
                    "serving.parallelism is " + parallelism + "; expected 1 to " + MOST_SUBTASKS + ".");
        }
        if (checkpointInterval.toMillis() < 10) {
            throw new IllegalArgumentException(
                    "serving.checkpoint-interval is " + checkpointInterval + "; expected at least 10 ms.");
        }
    }

    /** What a reader of completions can rely on. */
    public enum Delivery {
        /** Each completion once; readers that read committed records see it after the next checkpoint. */
        EXACTLY_ONCE,
        /** Visible at once; after a failure a completion may come again, with the same id. */
        AT_LEAST_ONCE
    }
}
