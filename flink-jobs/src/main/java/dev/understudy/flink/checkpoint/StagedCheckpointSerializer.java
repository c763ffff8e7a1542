package dev.understudy.flink.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: the id in UTF-8. Stateless. */
final class StagedCheckpointSerializer implements SimpleVersionedSerializer<StagedCheckpoint> {
    @Override
    public int getVersion() {
        return 1;
    }

    @Override
    public byte[] serialize(StagedCheckpoint staged) {
        return staged.checkpointId().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StagedCheckpoint deserialize(int version, byte[] bytes) throws IOException {
        if (version != 1) {
            throw new IOException("Cannot restore a staged checkpoint: its state has version " + version
                    + ", this job reads version 1. Restore with the release that wrote it.");
        }
        return new StagedCheckpoint(new String(bytes, StandardCharsets.UTF_8));
    }
}
