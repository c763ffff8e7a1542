package dev.understudy.flink.job;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;

/** What both jobs ask of Flink, so that neither forgets a guard that the other has. */
final class FlinkSettings {
    private static final Duration RESTART_DELAY = Duration.ofMillis(500);

    private FlinkSettings() {}

    /**
     * No generic types, objects reused, checkpoints kept after a cancel, a bounded number of restarts.
     *
     * @param checkpointInterval time between Flink checkpoints
     * @param restartAttempts failures that the job survives
     */
    static Configuration of(Duration checkpointInterval, int restartAttempts) {
        Configuration flink = new Configuration();
        flink.set(PipelineOptions.GENERIC_TYPES, false);
        // Chained operators hand records on as they are; none of them changes one.
        flink.set(PipelineOptions.OBJECT_REUSE, true);
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restartAttempts);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        return flink;
    }
}
