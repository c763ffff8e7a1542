package dev.understudy.infra.budget;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's budget now.
 *
 * @param tenant who pays
 * @param window length of a window; null when no job of this release has told it
 * @param target what moves the prices, as {@code kind=value}; null when none was told
 * @param caps every cap, the tenant's first
 * @param workloads every workload that a completion was written for
 */
public record BudgetStatus(
        String tenant,
        @Nullable Duration window,
        @Nullable String target,
        List<CapStatus> caps,
        List<WorkloadStatus> workloads) {
    public BudgetStatus {
        caps = List.copyOf(caps);
        workloads = List.copyOf(workloads);
    }

    /**
     * One cap and its use in the present window.
     *
     * @param workload the workload, or {@code *} for the whole tenant, audits included
     * @param unit tokens, calls or micro-dollars
     * @param cap null when the unit is not limited
     * @param by who set it
     * @param granted what the shards hold or have used
     * @param spent what they have used, or lost at a restart
     * @param waiting what they have asked for and not been granted
     */
    public record CapStatus(
            String workload, String unit, @Nullable Long cap, String by, long granted, long spent, long waiting) {}

    /**
     * How a workload does under the version that decoded last.
     *
     * @param workload kind of prompt
     * @param version student version
     * @param price of help; -1 when everything is asked for, null when none is set
     * @param tokens completion tokens
     * @param share fraction of them that the teacher wrote
     * @param agreement estimated fraction of sequences on which the student agrees with the teacher; null when none was
     *     seen whole
     * @param interval lower and upper end of its 90 % interval
     */
    public record WorkloadStatus(
            String workload,
            String version,
            @Nullable Double price,
            long tokens,
            double share,
            @Nullable Double agreement,
            List<Double> interval) {
        public WorkloadStatus {
            interval = List.copyOf(interval);
        }
    }
}
