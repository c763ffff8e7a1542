package dev.understudy.flink.job;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobResourceRequirements;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A submitted job; closing cancels it and waits for its end. */
record RunningJob(MiniCluster cluster, JobGraph graph) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    JobStatus status() throws Exception {
        return cluster.getJobStatus(graph.getJobID()).get();
    }

    /** Gives the chain of an operator another parallelism, and returns when all its subtasks run. */
    void rescale(String operator, int parallelism) throws Exception {
        JobResourceRequirements.Builder requirements = JobResourceRequirements.newBuilder();
        for (JobVertex vertex : graph.getVertices()) {
            int wanted = vertex.getName().contains(operator) ? parallelism : vertex.getParallelism();
            requirements.setParallelismForJobVertex(vertex.getID(), 1, wanted);
        }
        cluster.updateJobResourceRequirements(graph.getJobID(), requirements.build())
                .get();
        await("rescaled to " + parallelism)
                .atMost(PATIENCE)
                .until(() -> status() == JobStatus.RUNNING && running(operator) == parallelism);
    }

    private int running(String operator) throws Exception {
        for (AccessExecutionJobVertex vertex :
                cluster.getExecutionGraph(graph.getJobID()).get().getVerticesTopologically()) {
            if (vertex.getName().contains(operator)) {
                return vertex.getParallelism();
            }
        }
        throw new IllegalArgumentException("no vertex with " + operator);
    }

    @Override
    public void close() throws Exception {
        if (!status().isGloballyTerminalState()) {
            cluster.cancelJob(graph.getJobID()).get();
        }
        await().atMost(PATIENCE).until(() -> status().isGloballyTerminalState());
    }
}
