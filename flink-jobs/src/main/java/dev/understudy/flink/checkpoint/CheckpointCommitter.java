package dev.understudy.flink.checkpoint;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.FileCheckpointStore;
import java.io.IOException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;

/**
 * Renames staged checkpoints into the store and announces them, in this order, so that no reader hears of a directory
 * that is not there. The announcement is sent whether the rename was done now or by an attempt that died before it
 * could speak. Used by one thread.
 */
final class CheckpointCommitter implements Committer<StagedCheckpoint> {
    private final FileCheckpointStore store;
    private final CheckpointAnnouncer announcer;

    CheckpointCommitter(FileCheckpointStore store, CheckpointAnnouncer announcer) {
        this.store = store;
        this.announcer = announcer;
    }

    @Override
    public void commit(Collection<CommitRequest<StagedCheckpoint>> requests) throws IOException {
        for (CommitRequest<StagedCheckpoint> request : requests) {
            CheckpointId id = new CheckpointId(request.getCommittable().checkpointId());
            if (store.isPublished(id)) {
                request.signalAlreadyCommitted();
            } else {
                store.publish(id);
            }
            announcer.announce(store.manifest(id), store.directory(id));
        }
    }

    @Override
    public void close() {
        announcer.close();
    }
}
