package dev.understudy.flink.topic;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.swap.Assignment;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the assigner of versions reads from the checkpoint and control topics. */
public sealed interface VersionNews {
    /**
     * A checkpoint was published.
     *
     * @param settings of the round that made it, by key
     */
    record Published(CheckpointId id, Instant createdAt, Map<String, String> settings) implements VersionNews {
        public Published {
            settings = Map.copyOf(settings);
        }
    }

    /** A checkpoint is retired. */
    record Retired(CheckpointId id) implements VersionNews {}

    /** An assignment of this assigner or of one before it. */
    record Assigned(Assignment assignment, Instant at) implements VersionNews {}

    /**
     * An operator's command.
     *
     * @param version that it is about; null for the one that serves
     */
    record Commanded(String commandId, Kind kind, @Nullable CheckpointId version, String reason, Instant at)
            implements VersionNews {}

    /** Commands about versions. */
    enum Kind {
        /** Blocks the version; the one before it serves. */
        ROLL_BACK,
        /** Lifts a block. */
        UNBLOCK,
        /** Makes the version serve until unpinned. */
        PIN,
        /** The newest version serves again. */
        UNPIN
    }
}
