package dev.understudy.flink.distil;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.distil.Round;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Saved states of running rounds as immutable directories {@code <work>/<candidate>/step-<n>}. Flink's state holds only
 * the pointer, so a directory may go once no Flink checkpoint that could still be restored points to it: after a later
 * one has completed. Not thread safe; owned by the task thread.
 */
final class RoundSaves {
    private final Path root;
    private final TreeMap<Long, Set<Path>> pointers = new TreeMap<>();
    private @Nullable Path current;

    RoundSaves(Path root) {
        this.root = root;
    }

    /** The newest saved state of the running round; null when none runs. */
    @Nullable Path current() {
        return current;
    }

    /** Says that a restored round goes on from {@code saved}. */
    void resumed(Path saved) {
        current = saved;
    }

    /** Saves the round's present state and what it will be judged by. */
    Path save(Round round, HeldOut heldOut, CheckpointId candidate) {
        Path directory = root.resolve(candidate.value())
                .resolve("step-" + round.progress().step());
        try {
            // A directory of this name can only be half of a save that a crash cut short.
            FileUtils.deleteDirectory(directory.toFile());
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot make " + directory + " for the state of a running round. Check distil.work and its disk.",
                    e);
        }
        heldOut.saveTo(directory);
        round.saveTo(directory);
        current = directory;
        return directory;
    }

    /** Says that the running round is over. */
    void ended() {
        current = null;
    }

    /** Says that Flink checkpoint {@code flinkCheckpoint} points to the current save. */
    void pointedBy(long flinkCheckpoint) {
        pointers.put(flinkCheckpoint, current == null ? Set.of() : Set.of(current));
    }

    /** Removes what only older Flink checkpoints than this completed one point to. */
    void completed(long flinkCheckpoint) throws IOException {
        pointers.headMap(flinkCheckpoint).clear();
        Set<Path> kept = new HashSet<>();
        pointers.values().forEach(kept::addAll);
        if (current != null) {
            kept.add(current);
        }
        for (Path candidate : children(root)) {
            for (Path save : children(candidate)) {
                if (!kept.contains(save)) {
                    FileUtils.deleteDirectory(save.toFile());
                }
            }
            if (children(candidate).isEmpty()) {
                Files.deleteIfExists(candidate);
            }
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        }
    }
}
