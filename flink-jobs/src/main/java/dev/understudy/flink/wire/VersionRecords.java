package dev.understudy.flink.wire;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.flink.topic.VersionNews;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.budget.CommandKind;
import dev.understudy.wire.budget.OperatorCommand;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.swap.VersionAssigned;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the checkpoint and control topics for the assigner of versions. Thread safe. */
public final class VersionRecords {
    private static final Logger LOG = LoggerFactory.getLogger(VersionRecords.class);

    private final WireCodec<CheckpointPublished> checkpoints = WireCodec.of(CheckpointPublished.class);
    private final WireCodec<SpecificRecord> control = WireCodec.of(Topics.CONTROL);

    /** What a record of the checkpoint topic says; empty when it cannot be used. */
    public Optional<VersionNews> checkpoint(byte[] value) {
        try {
            CheckpointPublished record = checkpoints.decode(value);
            CheckpointId id = new CheckpointId(record.getId());
            return Optional.of(
                    record.getRetired() == null
                            ? new VersionNews.Published(id, record.getCreatedAt(), record.getSettings())
                            : new VersionNews.Retired(id));
        } catch (WireException | IllegalArgumentException e) {
            LOG.warn("Passed over a checkpoint record; look for its writer. cause={}", e.getMessage());
            return Optional.empty();
        }
    }

    /** What a record of the control topic says about versions; empty when it is about something else. */
    public Optional<VersionNews> control(byte[] value) {
        try {
            SpecificRecord record = control.decode(value);
            if (record instanceof VersionAssigned assigned) {
                return Optional.of(
                        new VersionNews.Assigned(SwapRecords.assignment(assigned), assigned.getAssignedAt()));
            } else if (record instanceof OperatorCommand command) {
                return command(command);
            }
            return Optional.empty();
        } catch (WireException | IllegalArgumentException e) {
            LOG.warn("Passed over a control record; look for its writer. cause={}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<VersionNews> command(OperatorCommand command) {
        VersionNews.Kind kind = kind(command.getCommand());
        if (kind == null) {
            return Optional.empty();
        }
        String id = command.getCheckpointId();
        return Optional.of(new VersionNews.Commanded(
                command.getId(), kind, id == null ? null : new CheckpointId(id), command.getReason(), command.getAt()));
    }

    private static VersionNews.@Nullable Kind kind(CommandKind kind) {
        return switch (kind) {
            case ROLL_BACK, BLOCK_VERSION -> VersionNews.Kind.ROLL_BACK;
            case UNBLOCK_VERSION -> VersionNews.Kind.UNBLOCK;
            case PIN_VERSION -> VersionNews.Kind.PIN;
            case UNPIN_VERSION -> VersionNews.Kind.UNPIN;
            default -> null;
        };
    }
}
