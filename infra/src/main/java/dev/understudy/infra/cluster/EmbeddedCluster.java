package dev.understudy.infra.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A Flink cluster in this process. Thread safe; the creator closes it, which cancels its jobs. */
public final class EmbeddedCluster implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final int CHECKPOINT_HISTORY = 100;

    private final MiniCluster cluster;
    private final Configuration configuration;
    private final List<JobID> jobs = new ArrayList<>();

    /**
     * Starts the cluster.
     *
     * @param slots task slots: the sum of the parallelisms of the jobs that will run
     * @param flinkCheckpoints folder for Flink's own checkpoints
     */
    public EmbeddedCluster(int slots, Path flinkCheckpoints) {
        configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                flinkCheckpoints.toUri().toString());
        configuration.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, CHECKPOINT_HISTORY);
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            throw new IllegalStateException("The embedded Flink cluster did not start: " + e.getMessage(), e);
        }
    }

    /** Submits a job. */
    public JobID submit(StreamGraph graph) {
        try {
            JobID job = cluster.submitJob(
                            graph.getJobGraph(Thread.currentThread().getContextClassLoader(), null))
                    .get(60, TimeUnit.SECONDS)
                    .getJobID();
            jobs.add(job);
            return job;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while submitting the job " + graph.getJobName() + ".", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "The job " + graph.getJobName() + " was not accepted: " + e.getMessage(), e);
        }
    }

    /** State of a job as the cluster sees it now. */
    public JobStatus status(JobID job) {
        return answer(cluster.getJobStatus(job));
    }

    private static <T> T answer(CompletableFuture<T> question) {
        try {
            return question.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking the cluster.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The cluster does not answer: " + e.getMessage(), e);
        }
    }

    /**
     * How long the barriers of the last completed Flink checkpoints waited in front of an operator's chain: from the
     * moment that the checkpoint was triggered until the slowest subtask began it.
     *
     * @param operator part of the name of the operator's chain
     */
    public List<Duration> barrierDelays(JobID job, String operator) {
        AccessExecutionGraph graph = answer(cluster.getExecutionGraph(job));
        CheckpointStatsSnapshot statistics = graph.getCheckpointStatsSnapshot();
        List<Duration> delays = new ArrayList<>();
        if (statistics == null) {
            return delays;
        }
        for (AccessExecutionJobVertex vertex : graph.getVerticesTopologically()) {
            if (vertex.getName().contains(operator)) {
                for (AbstractCheckpointStats one : statistics.getHistory().getCheckpoints()) {
                    delay(one, vertex.getJobVertexId()).ifPresent(delays::add);
                }
            }
        }
        return delays;
    }

    private static Optional<Duration> delay(AbstractCheckpointStats checkpoint, JobVertexID vertex) {
        TaskStateStats task = checkpoint.getTaskStateStats(vertex);
        if (!checkpoint.getStatus().isCompleted() || task == null || task.getSummaryStats() == null) {
            return Optional.empty();
        }
        long slowest = task.getSummaryStats().getCheckpointStartDelayStats().getMaximum();
        return Optional.of(Duration.ofMillis(slowest));
    }

    /** Waits until a job has ended and returns its last state. */
    public JobStatus awaitEnd(JobID job) throws InterruptedException {
        try {
            cluster.requestJobResult(job).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The cluster lost the job: " + e.getMessage(), e);
        }
        return status(job);
    }

    @Override
    public void close() {
        for (JobID job : jobs) {
            try {
                cluster.cancelJob(job).get(STOP.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | TimeoutException ended) {
                // A job that ended by itself cannot be cancelled; the cluster goes anyway.
            }
        }
        try {
            cluster.closeAsync().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The embedded Flink cluster did not stop: " + e.getMessage(), e);
        }
    }
}
