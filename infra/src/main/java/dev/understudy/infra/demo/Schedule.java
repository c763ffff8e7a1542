package dev.understudy.infra.demo;

import static dev.understudy.workload.Workload.LOG_C1;
import static dev.understudy.workload.Workload.LOG_C2;
import static dev.understudy.workload.Workload.ORDER_C1;
import static dev.understudy.workload.Workload.ORDER_C2;
import static dev.understudy.workload.Workload.PAY_US;

import dev.understudy.workload.IntakeStream.Share;
import dev.understudy.workload.Workload;
import java.util.List;

/**
 * The demo's story as traffic: what arrives, in which order, and which rounds it waits for.
 *
 * @param phases in order
 * @param promptsPerSecond rate of arrival
 * @param drifted workloads that the starting student has never seen
 * @param known workloads that it was trained on
 * @param poisonedRound round whose labels are shuffled, 0 for none
 * @param poisonedWorkload workload whose labels are shuffled
 */
record Schedule(
        List<Phase> phases,
        int promptsPerSecond,
        List<Workload> drifted,
        List<Workload> known,
        int poisonedRound,
        Workload poisonedWorkload) {
    private static final int RATE = 30;
    private static final List<Workload> KNOWN = List.of(ORDER_C1, PAY_US, LOG_C1);
    private static final List<Share> STEADY =
            List.of(new Share(ORDER_C1, 1), new Share(PAY_US, 1), new Share(LOG_C1, 1));

    /** The full story: two drifts at once, a poisoned round, a settled end. */
    static Schedule full(int seconds) {
        List<Share> release = List.of(
                new Share(ORDER_C1, 1),
                new Share(PAY_US, 1),
                new Share(LOG_C1, 1),
                new Share(ORDER_C2, 1.5),
                new Share(LOG_C2, 1.5));
        int total = seconds * RATE;
        return new Schedule(
                List.of(
                        new Phase("steady", total / 12, STEADY, 0),
                        new Phase("release c2", total * 2 / 12, release, 1),
                        new Phase("learning", total * 2 / 12, release, 2),
                        new Phase("poisoned round", total * 2 / 12, release, 3),
                        new Phase("recovering", total * 2 / 12, release, 5),
                        new Phase("settled", total * 3 / 12, release, 5)),
                RATE,
                List.of(ORDER_C2, LOG_C2),
                KNOWN,
                3,
                LOG_C2);
    }

    /** The shortest story that still shows the loop: one schema change, one round. */
    static Schedule brief(int seconds) {
        List<Share> release =
                List.of(new Share(ORDER_C1, 1), new Share(PAY_US, 1), new Share(LOG_C1, 1), new Share(LOG_C2, 3));
        int total = seconds * RATE;
        return new Schedule(
                List.of(
                        new Phase("steady", total / 8, STEADY, 0),
                        new Phase("release c2", total * 4 / 8, release, 1),
                        new Phase("settled", total * 3 / 8, release, 1)),
                RATE,
                List.of(LOG_C2),
                KNOWN,
                0,
                LOG_C2);
    }

    /** Prompts of all phases together. */
    int prompts() {
        return phases.stream().mapToInt(Phase::prompts).sum();
    }
}
