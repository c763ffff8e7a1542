package dev.understudy.flink.wire;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.swap.Assignment;
import dev.understudy.swap.SwapAction;
import dev.understudy.wire.Topics;
import dev.understudy.wire.swap.SwapOutcome;
import dev.understudy.wire.swap.SwapReported;
import dev.understudy.wire.swap.VersionAssigned;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Assignments and swap reports as records. Owned by one task thread. */
public final class SwapRecords {
    private final OutgoingRecords out;

    /** Records for the topics of one pipeline. */
    public SwapRecords(KafkaAccess kafka) {
        out = new OutgoingRecords(kafka);
    }

    /**
     * What a subtask says about its version.
     *
     * @param consumer name of the job
     * @param loadMillis time that loading and proving took, milliseconds
     * @param pauseMillis time that the task thread stood still, milliseconds
     */
    public WireRecord report(
            String consumer, int subtask, SwapAction.Report report, long loadMillis, long pauseMillis, Instant at) {
        boolean serving = report.outcome() == SwapAction.Outcome.SERVING;
        SwapReported record = SwapReported.newBuilder()
                .setConsumer(consumer)
                .setSubtask(subtask)
                .setCheckpointId(report.version().value())
                .setSequence(report.sequence())
                .setOutcome(outcome(report.outcome()))
                .setProof(serving ? report.detail() : "")
                .setCause(serving ? null : report.detail())
                .setLoadMillis(loadMillis)
                .setPauseMillis(pauseMillis)
                .setAt(at)
                .build();
        return out.of(Topics.SWAPS, record);
    }

    private static SwapOutcome outcome(SwapAction.Outcome outcome) {
        return switch (outcome) {
            case SERVING -> SwapOutcome.SERVING;
            case RETRYING -> SwapOutcome.FAILED;
            case REFUSED -> SwapOutcome.REFUSED;
        };
    }

    /** An assignment, for the control topic and for the history of assignments. */
    public List<WireRecord> assignment(Assignment assignment, String uri, String reason, Instant at) {
        VersionAssigned record = VersionAssigned.newBuilder()
                .setSequence(assignment.sequence())
                .setCheckpointId(assignment.version().value())
                .setUri(uri)
                .setBlocked(assignment.blocked().stream()
                        .map(CheckpointId::value)
                        .sorted()
                        .toList())
                .setReason(reason)
                .setAssignedAt(at)
                .build();
        return List.of(out.of(Topics.CONTROL, record), out.of(Topics.ASSIGNMENTS, record));
    }

    /** The assignment that a record carries. */
    static Assignment assignment(VersionAssigned record) {
        Set<CheckpointId> blocked = new HashSet<>();
        record.getBlocked().forEach(id -> blocked.add(new CheckpointId(id)));
        return new Assignment(record.getSequence(), new CheckpointId(record.getCheckpointId()), blocked);
    }
}
