package dev.understudy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointStoreTest {
    private static final CheckpointId ID = new CheckpointId("v2");
    private static final Contents CONTENTS = new Contents(List.of(), "ab".repeat(32), "", List.of());

    private final Path root;
    private final FileCheckpointStore store;

    FileCheckpointStoreTest(@TempDir Path root) {
        this.root = root;
        store = new FileCheckpointStore(root);
    }

    @Test
    void publishesWholeAndProvesIt() throws IOException {
        CheckpointManifest sealed = seal("weights");
        assertThat(store.isPublished(ID)).isFalse();
        Path directory = store.publish(ID);
        assertThat(directory.resolve("model.safetensors")).hasContent("weights");
        assertThat(store.verify(ID)).usingRecursiveComparison().isEqualTo(sealed);
        assertThat(store.published()).containsExactly(ID);
        assertThat(store.staged(ID)).doesNotExist();
    }

    @Test
    void publishingTwiceIsHarmless() throws IOException {
        seal("weights");
        store.publish(ID);
        store.publish(ID);
        seal("weights");
        store.publish(ID);
        assertThat(store.staged(ID)).doesNotExist();
        assertThat(store.verify(ID).id()).isEqualTo(ID);
    }

    @Test
    void neverReplacesAPublishedCheckpoint() throws IOException {
        seal("weights");
        store.publish(ID);
        seal("others");
        assertThatThrownBy(() -> store.publish(ID))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("another checkpoint with this id");
        assertThat(store.directory(ID).resolve("model.safetensors")).hasContent("weights");
    }

    @Test
    void doesNotPublishWhatIsNotSealed() {
        store.stage(ID);
        assertThatThrownBy(() -> store.publish(ID)).hasMessageContaining("holds no manifest");
    }

    @Test
    void stagingAgainForgetsAnInterruptedAttempt() throws IOException {
        Files.writeString(store.stage(ID).resolve("half"), "x");
        assertThat(store.stage(ID)).isEmptyDirectory();
    }

    @Test
    void findsAChangedByte() throws IOException {
        seal("weights");
        Path file = store.publish(ID).resolve("model.safetensors");
        Files.writeString(file, "wEights");
        assertThatThrownBy(() -> store.verify(ID))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("has sha256");
    }

    @Test
    void findsACutFile() throws IOException {
        seal("weights");
        Files.writeString(store.publish(ID).resolve("model.safetensors"), "wei");
        assertThatThrownBy(() -> store.verify(ID)).hasMessageContaining("has 3 bytes, its manifest says 7");
    }

    @Test
    void findsAnExtraAndAMissingFile() throws IOException {
        seal("weights");
        Path directory = store.publish(ID);
        Files.writeString(directory.resolve("extra.json"), "{}");
        assertThatThrownBy(() -> store.verify(ID)).hasMessageContaining("extra.json");
        Files.delete(directory.resolve("extra.json"));
        Files.delete(directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> store.verify(ID)).hasMessageContaining("its directory holds []");
    }

    @Test
    void findsALinkOutOfTheStore() throws IOException {
        seal("weights");
        Path file = store.publish(ID).resolve("model.safetensors");
        Path outside = Files.writeString(root.resolve("outside"), "weights");
        Files.delete(file);
        Files.createSymbolicLink(file, outside);
        assertThatThrownBy(() -> store.verify(ID)).hasMessageContaining("is a folder or link");
    }

    @Test
    void findsTheManifestOfAnotherCheckpoint() throws IOException {
        seal("weights");
        store.publish(ID);
        CheckpointId other = new CheckpointId("v3");
        Files.move(store.directory(ID), store.directory(other));
        assertThatThrownBy(() -> store.verify(other)).hasMessageContaining("its manifest is that of v2");
    }

    @Test
    void takesNoPickle() throws IOException {
        Files.writeString(store.stage(ID).resolve("pytorch_model.bin"), "x");
        assertThatThrownBy(() -> store.seal(ID, CONTENTS, CheckpointManifestTest.ORIGIN))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("may run code");
    }

    private CheckpointManifest seal(String weights) throws IOException {
        Files.writeString(store.stage(ID).resolve("model.safetensors"), weights);
        return store.seal(ID, CONTENTS, CheckpointManifestTest.ORIGIN);
    }
}
