package dev.understudy.flink.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Turns signals into published checkpoints: {@code DistillationJob key=value...}; keys as in the configuration page.
 */
public final class DistillationJob {
    private DistillationJob() {}

    /**
     * Builds the graph and runs it.
     *
     * @throws Exception when the settings are wrong or the job fails
     */
    public static void main(String[] arguments) throws Exception {
        DistillationConfig config = DistillationArguments.parse(arguments);
        StreamExecutionEnvironment.getExecutionEnvironment().execute(DistillationGraph.of(config));
    }
}
