package dev.understudy.flink.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Turns prompts into completions: {@code ServingJob key=value...}; keys as in the configuration page. */
public final class ServingJob {
    private ServingJob() {}

    /**
     * Builds the graph and runs it.
     *
     * @throws Exception when the settings are wrong or the job fails
     */
    public static void main(String[] arguments) throws Exception {
        ServingConfig config = ServingArguments.parse(arguments);
        StreamExecutionEnvironment.getExecutionEnvironment().execute(ServingGraph.of(config));
    }
}
