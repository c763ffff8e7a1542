package dev.understudy.flink.job;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A submitted job; closing cancels it and waits for its end. */
record RunningJob(MiniCluster cluster, JobGraph graph) implements AutoCloseable {
    JobStatus status() throws Exception {
        return cluster.getJobStatus(graph.getJobID()).get();
    }

    @Override
    public void close() throws Exception {
        if (!status().isGloballyTerminalState()) {
            cluster.cancelJob(graph.getJobID()).get();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> status().isGloballyTerminalState());
    }
}
