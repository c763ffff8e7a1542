package dev.understudy.flink.prompt;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * The reader of {@link GatedSource}: asks the reader inside only while the gate is open. Relies on that reader emitting
 * one record a poll, as the Kafka reader does. Owned by the task thread.
 */
final class GatedReader<T, S extends SourceSplit> implements SourceReader<T, S> {
    private final SourceReader<T, S> inner;

    GatedReader(SourceReader<T, S> inner) {
        this.inner = inner;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        SlotGate gate = SlotGate.ofTask();
        return gate == null || gate.isOpen() ? inner.pollNext(output) : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        SlotGate gate = SlotGate.ofTask();
        if (gate == null || gate.isOpen()) {
            return inner.isAvailable();
        }
        return gate.opened().thenCompose(open -> inner.isAvailable());
    }

    @Override
    public void start() {
        inner.start();
    }

    @Override
    public List<S> snapshotState(long checkpointId) {
        return inner.snapshotState(checkpointId);
    }

    @Override
    public void addSplits(List<S> splits) {
        inner.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        inner.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        inner.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        inner.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
        inner.close();
    }
}
