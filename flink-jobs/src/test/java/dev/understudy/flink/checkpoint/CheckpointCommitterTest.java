package dev.understudy.flink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCommitterTest {
    private static final CheckpointId ID = new CheckpointId("r0001-a");

    private final Path root;
    private final FileCheckpointStore store;
    private final List<String> announced = new ArrayList<>();

    CheckpointCommitterTest(@TempDir Path root) throws IOException {
        this.root = root;
        store = new FileCheckpointStore(root);
        Files.writeString(store.stage(ID).resolve("model.safetensors"), "weights");
        store.seal(
                ID,
                new Contents(List.of(), "ff", "", List.of()),
                new Origin(null, "accepted", List.of(), Map.of(), "test", Instant.EPOCH));
    }

    @Test
    void announcesWhatAlreadyLiesInTheStore() throws IOException {
        Request request = new Request(ID);

        new CheckpointCommitter(store, new Announcements(0)).commit(List.of(request));

        assertThat(store.verify(ID).id()).isEqualTo(ID);
        assertThat(announced).containsExactly("r0001-a in checkpoints/r0001-a");
        assertThat(request.alreadyCommitted).isFalse();
    }

    @Test
    void aCrashBetweenRenameAndAnnouncementIsMadeGood() throws IOException {
        CheckpointCommitter dying = new CheckpointCommitter(store, new Announcements(1));
        assertThatThrownBy(() -> dying.commit(List.of(new Request(ID)))).hasMessage("induced");
        assertThat(store.isPublished(ID)).isTrue();
        assertThat(announced).isEmpty();
        Request repeated = new Request(ID);

        new CheckpointCommitter(store, new Announcements(0)).commit(List.of(repeated));

        assertThat(store.published()).containsExactly(ID);
        assertThat(announced).containsExactly("r0001-a in checkpoints/r0001-a");
        assertThat(repeated.alreadyCommitted).isTrue();
    }

    @Test
    void aStagedCheckpointSurvivesItsSerializer() throws IOException {
        StagedCheckpointSerializer serializer = new StagedCheckpointSerializer();
        StagedCheckpoint staged = new StagedCheckpoint("r0001-a");

        assertThat(serializer.deserialize(1, serializer.serialize(staged))).isEqualTo(staged);
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[0])).hasMessageContaining("version 2");
    }

    private final class Announcements implements CheckpointAnnouncer {
        private int failures;

        Announcements(int failures) {
            this.failures = failures;
        }

        @Override
        public void announce(CheckpointManifest manifest, Path directory) throws IOException {
            if (failures-- > 0) {
                throw new IOException("induced");
            }
            assertThat(directory).isDirectory();
            announced.add(manifest.id() + " in " + root.relativize(directory));
        }

        @Override
        public void close() {}
    }

    private static final class Request implements CommitRequest<StagedCheckpoint> {
        private final StagedCheckpoint staged;
        private boolean alreadyCommitted;

        Request(CheckpointId id) {
            staged = new StagedCheckpoint(id.value());
        }

        @Override
        public StagedCheckpoint getCommittable() {
            return staged;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {}

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {}

        @Override
        public void retryLater() {}

        @Override
        public void updateAndRetryLater(StagedCheckpoint changed) {}

        @Override
        public void signalAlreadyCommitted() {
            alreadyCommitted = true;
        }
    }
}
