package dev.understudy.flink.checkpoint;

import dev.understudy.checkpoint.CheckpointManifest;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * Tells the world about a published checkpoint. An announcement may be repeated; readers drop repeats by id. Used by
 * the committer's thread only.
 */
public interface CheckpointAnnouncer extends AutoCloseable {
    /**
     * Returns when the announcement is durable.
     *
     * @param directory where the published files stand
     * @throws IOException when it is not; the commit is then tried again after a restart
     */
    void announce(CheckpointManifest manifest, Path directory) throws IOException;

    @Override
    void close();

    /** Makes the announcer where the committer runs. */
    @FunctionalInterface
    interface Factory extends Serializable {
        CheckpointAnnouncer open();
    }
}
