package dev.understudy.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Checkpoints as immutable directories below one root: {@code checkpoints/<id>/} holds a Hugging Face directory and its
 * {@code manifest.json}; {@code staging/<id>/} what is not published yet. A published directory appears by one atomic
 * rename. Thread safe for different ids; one writer an id.
 */
public final class FileCheckpointStore {
    private final Path root;

    /** @param root a directory, made when missing */
    public FileCheckpointStore(Path root) {
        this.root = root;
    }

    /** An empty staging directory for the id; what an interrupted attempt left there is removed. */
    public Path stage(CheckpointId id) {
        throw new UnsupportedOperationException(root.toString());
    }

    /**
     * Hashes the staged files, writes the manifest beside them and forces everything to disk.
     *
     * @param contents files are ignored and computed
     */
    public CheckpointManifest seal(CheckpointId id, Contents contents, Origin origin) {
        throw new UnsupportedOperationException();
    }

    /**
     * Renames the sealed staging directory into place. Repeating it is harmless: when the id is published already with
     * the same manifest, nothing happens.
     */
    public Path publish(CheckpointId id) {
        throw new UnsupportedOperationException();
    }

    /** Removes what is staged under the id, if anything. */
    public void discard(CheckpointId id) {
        throw new UnsupportedOperationException();
    }

    /** Directory of a published checkpoint, whether it exists or not. */
    public Path directory(CheckpointId id) {
        return root.resolve("checkpoints").resolve(id.value());
    }

    public boolean isPublished(CheckpointId id) {
        throw new UnsupportedOperationException();
    }

    /** Published ids, ascending. */
    public List<CheckpointId> published() {
        throw new UnsupportedOperationException();
    }

    /** Manifest of a published checkpoint, unverified. */
    public CheckpointManifest manifest(CheckpointId id) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks a published checkpoint whole: manifest, sha256 and size of every file, no file missing, none extra, no
     * pickle.
     *
     * @throws CheckpointRejectedException at the first thing that is wrong
     */
    public CheckpointManifest verify(CheckpointId id) {
        throw new UnsupportedOperationException();
    }
}
