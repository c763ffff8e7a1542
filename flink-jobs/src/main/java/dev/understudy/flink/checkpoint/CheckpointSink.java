package dev.understudy.flink.checkpoint;

import dev.understudy.checkpoint.FileCheckpointStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Publishes staged checkpoint directories exactly once; parallelism 1.
 *
 * <pre>
 *   StagedCheckpoint ─► writer ──(Flink checkpoint completes)──► committer: rename into the store, then announce
 * </pre>
 *
 * A crash before the Flink checkpoint forgets the candidate, a crash after it repeats the commit: the rename is then
 * found done and the announcement is sent (again).
 */
public final class CheckpointSink implements Sink<StagedCheckpoint>, SupportsCommitter<StagedCheckpoint> {
    private final String storeDirectory;
    private final CheckpointAnnouncer.Factory announcers;

    /**
     * @param storeDirectory root of the checkpoint store
     * @param announcers makes the announcer on the task manager
     */
    public CheckpointSink(String storeDirectory, CheckpointAnnouncer.Factory announcers) {
        this.storeDirectory = storeDirectory;
        this.announcers = announcers;
    }

    @Override
    public SinkWriter<StagedCheckpoint> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<StagedCheckpoint> createCommitter(CommitterInitContext context) {
        return new CheckpointCommitter(new FileCheckpointStore(Path.of(storeDirectory)), announcers.open());
    }

    @Override
    public SimpleVersionedSerializer<StagedCheckpoint> getCommittableSerializer() {
        return new StagedCheckpointSerializer();
    }

    /** Collects between two Flink checkpoints; what it holds is committable state from the snapshot on. */
    private static final class Writer implements CommittingSinkWriter<StagedCheckpoint, StagedCheckpoint> {
        private final List<StagedCheckpoint> staged = new ArrayList<>();

        @Override
        public void write(StagedCheckpoint element, Context context) {
            staged.add(element);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public Collection<StagedCheckpoint> prepareCommit() {
            List<StagedCheckpoint> committables = List.copyOf(staged);
            staged.clear();
            return committables;
        }

        @Override
        public void close() {}
    }
}
