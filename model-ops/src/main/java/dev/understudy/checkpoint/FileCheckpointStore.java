package dev.understudy.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/**
 * Checkpoints as immutable directories below one root: {@code checkpoints/<id>/} holds a Hugging Face directory and its
 * {@code manifest.json}; {@code staging/<id>/} what is not published yet. A published directory appears by one atomic
 * rename, so both folders must lie on one file system. Thread safe for different ids; one writer an id.
 */
public final class FileCheckpointStore {
    private static final long LONGEST_MANIFEST = 16L << 20;

    private final Path published;
    private final Path staging;

    /**
     * Opens the store.
     *
     * @param root a directory, made when missing
     */
    public FileCheckpointStore(Path root) {
        published = root.resolve("checkpoints");
        staging = root.resolve("staging");
        try {
            Files.createDirectories(published);
            Files.createDirectories(staging);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the checkpoint store " + root, e);
        }
    }

    /** An empty staging directory for the id; what an interrupted attempt left there is removed. */
    public Path stage(CheckpointId id) {
        discard(id);
        try {
            return Files.createDirectory(staged(id));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stage checkpoint " + id, e);
        }
    }

    /** Directory where the id is staged, whether it exists or not. */
    public Path staged(CheckpointId id) {
        return staging.resolve(id.value());
    }

    /**
     * Hashes the staged files, writes the manifest beside them and forces everything to disk.
     *
     * @param contents files are ignored and computed
     */
    public CheckpointManifest seal(CheckpointId id, Contents contents, Origin origin) {
        Path directory = staged(id);
        try {
            List<CheckpointFile> files = new ArrayList<>();
            for (Path file : list(directory)) {
                String name = file.getFileName().toString();
                if (name.equals(CheckpointManifest.FILE_NAME)) {
                    continue;
                }
                requireRegular(id, file);
                files.add(new CheckpointFile(name, sha256(file), Files.size(file)));
                force(file, StandardOpenOption.WRITE);
            }
            Contents sealed =
                    new Contents(files, contents.vocabularyFingerprint(), contents.templateHash(), contents.probes());
            CheckpointManifest manifest = new CheckpointManifest(id, sealed, origin);
            Path file = directory.resolve(CheckpointManifest.FILE_NAME);
            Files.writeString(file, manifest.toJson());
            force(file, StandardOpenOption.WRITE);
            force(directory, StandardOpenOption.READ);
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot seal checkpoint " + id + " in " + directory, e);
        }
    }

    /**
     * Renames the sealed staging directory into place. Repeating it is harmless: when the id is published already with
     * the same manifest, nothing happens.
     *
     * @throws CheckpointRejectedException when another checkpoint has this id, or nothing is sealed under it
     */
    public Path publish(CheckpointId id) {
        Path from = staged(id);
        Path to = directory(id);
        boolean sealed = Files.isRegularFile(from.resolve(CheckpointManifest.FILE_NAME));
        try {
            if (Files.isDirectory(to)) {
                if (sealed && !readManifest(from).equals(readManifest(to))) {
                    throw new CheckpointRejectedException("Cannot publish checkpoint " + id
                            + ": another checkpoint with this id is published. Choose a new id.");
                }
                discard(id);
                return to;
            }
            if (!sealed) {
                throw new CheckpointRejectedException("Cannot publish checkpoint " + id + ": " + from
                        + " holds no manifest. Seal it first, or train it again.");
            }
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            force(published, StandardOpenOption.READ);
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot publish checkpoint " + id + " to " + to, e);
        }
    }

    /** Removes what is staged under the id, if anything. */
    public void discard(CheckpointId id) {
        Path directory = staged(id);
        try {
            FileUtils.deleteDirectory(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + directory, e);
        }
    }

    /** Directory of a published checkpoint, whether it exists or not. */
    public Path directory(CheckpointId id) {
        return published.resolve(id.value());
    }

    public boolean isPublished(CheckpointId id) {
        return Files.isRegularFile(directory(id).resolve(CheckpointManifest.FILE_NAME));
    }

    /** Published ids, ascending. */
    public List<CheckpointId> published() {
        try {
            return list(published).stream()
                    .map(path -> new CheckpointId(path.getFileName().toString()))
                    .filter(this::isPublished)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + published, e);
        }
    }

    /** Manifest of a published checkpoint, unverified. */
    public CheckpointManifest manifest(CheckpointId id) {
        try {
            CheckpointManifest manifest = CheckpointManifest.fromJson(readManifest(directory(id)));
            if (!manifest.id().equals(id)) {
                throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": its manifest is that of "
                        + manifest.id() + ". Publish it again.");
            }
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the manifest of checkpoint " + id, e);
        }
    }

    /**
     * Checks a published checkpoint whole: manifest, sha256 and size of every file, no file missing, none extra, no
     * pickle.
     *
     * @throws CheckpointRejectedException at the first thing that is wrong
     * @throws UncheckedIOException when the files cannot be read; trying again may help
     */
    public CheckpointManifest verify(CheckpointId id) {
        CheckpointManifest manifest = manifest(id);
        try {
            List<String> found = new ArrayList<>();
            for (Path file : list(directory(id))) {
                requireRegular(id, file);
                found.add(file.getFileName().toString());
            }
            found.remove(CheckpointManifest.FILE_NAME);
            List<String> expected = manifest.contents().files().stream()
                    .map(CheckpointFile::path)
                    .sorted()
                    .toList();
            if (!found.equals(expected)) {
                throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": its directory holds " + found
                        + ", its manifest names " + expected + ". Copy it again.");
            }
            for (CheckpointFile file : manifest.contents().files()) {
                verify(id, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read checkpoint " + id, e);
        }
        return manifest;
    }

    private void verify(CheckpointId id, CheckpointFile file) throws IOException {
        Path path = directory(id).resolve(file.path());
        long size = Files.size(path);
        if (size != file.size()) {
            throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": " + file.path() + " has " + size
                    + " bytes, its manifest says " + file.size() + ". Copy it again.");
        }
        String sha256 = sha256(path);
        if (!sha256.equals(file.sha256())) {
            throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": " + file.path() + " has sha256 "
                    + sha256 + ", its manifest says " + file.sha256() + ". Copy it again.");
        }
    }

    private static String readManifest(Path directory) throws IOException {
        Path file = directory.resolve(CheckpointManifest.FILE_NAME);
        if (Files.size(file) > LONGEST_MANIFEST) {
            throw new CheckpointRejectedException("Cannot use " + file + ": it has " + Files.size(file)
                    + " bytes, a manifest has at most " + LONGEST_MANIFEST + ". Publish the checkpoint again.");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** A link could lead out of the store. */
    private static void requireRegular(CheckpointId id, Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": " + file.getFileName()
                    + " is a folder or link, expected plain files only. Export it flat.");
        }
    }

    /** Without this a machine that loses power may keep the rename and lose the bytes. */
    private static void force(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
        byte[] block = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
