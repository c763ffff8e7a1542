package dev.understudy.infra.demo;

import java.util.List;
import java.util.Map;

/**
 * What the demo measured, as written to the report file. Completions are counted by an independent consumer, teacher
 * calls from the teacher's own log, the student alone from the published directories.
 *
 * @param prompts prompts sent
 * @param completions distinct completions seen by the observer
 * @param lost prompts sent without completion or rejection
 * @param duplicated completions beyond the first of an id
 * @param bothAuthors completions with tokens of student and teacher
 * @param budget the caps and what the teacher's log says
 * @param phases in the order of the schedule
 * @param workloads share of teacher-written tokens over time, by workload
 * @param studentAlone exact match of the student by itself, by workload
 * @param checkpoints what happened to candidates
 * @param seconds wall-clock length of the traffic
 * @param seed seed of the traffic
 * @param trafficSha256 digest of every prompt in the order sent: equal seeds give equal digests
 */
public record DemoReport(
        long prompts,
        long completions,
        long lost,
        long duplicated,
        long bothAuthors,
        Budget budget,
        List<Phase> phases,
        Map<String, Share> workloads,
        Map<String, Alone> studentAlone,
        Checkpoints checkpoints,
        double seconds,
        long seed,
        String trafficSha256) {

    /**
     * Budget of all tenants, in teacher tokens and over all windows.
     *
     * @param cap sum of the tenants' caps over the windows that the run touched
     * @param spent teacher tokens in the teacher's log
     * @param violations (tenant, unit, window) triples whose spend exceeds the cap
     */
    public record Budget(long cap, long spent, long violations, Map<String, Tenant> tenants) {}

    /**
     * One tenant.
     *
     * @param capTokens cap of one window in teacher tokens
     * @param highestWindow most teacher tokens of one window in the teacher's log
     * @param exhausted completions that went on alone because the cap was used up
     */
    public record Tenant(long capTokens, long highestWindow, long completions, long exhausted) {}

    /** One phase of the schedule: all tenants together, and the large tenant's exact match. */
    public record Phase(
            String name,
            long prompts,
            double exactMatch,
            double exactMatchLargeTenant,
            double teacherShare,
            Map<String, WorkloadPhase> workloads) {}

    /** One workload within a phase. */
    public record WorkloadPhase(long prompts, double exactMatch, double teacherShare, long exhausted) {}

    /**
     * Teacher-written tokens / output tokens of the large tenant, in consecutive blocks of 100 prompts.
     *
     * @param peak largest block
     * @param end last full block
     */
    public record Share(double peak, double end, List<Double> blocks) {}

    /**
     * Exact match of the student with policy never on fresh prompts.
     *
     * @param start of the model that the demo began with
     * @param end of the version that serves at the end
     * @param loss paired fall from start to end in points of exact match; negative is a gain
     * @param lossLowerBound lower end of the 95 % interval of the loss
     */
    public record Alone(double start, double end, double loss, double lossLowerBound, int prompts) {}

    /** Candidates and versions. */
    public record Checkpoints(long published, long refused, long rolledBack, long swapsProven) {}
}
