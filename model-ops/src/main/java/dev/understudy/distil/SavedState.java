package dev.understudy.distil;

import dev.understudy.lm.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A trainer's state in a directory that is always whole: a new state is written beside the last one, which stays until
 * the new one is complete. A process that is killed at any moment leaves one of the two. Stateless but for the path.
 *
 * @param directory where the state stands between two saves
 */
public record SavedState(Path directory) {
    /** The whole state to resume from, if there is one. */
    public Optional<Path> newest() {
        // Killed between the two renames of a save: the last state has left its place, the new one is whole.
        return Stream.of(directory, beside(".last")).filter(Files::isDirectory).findFirst();
    }

    /** Puts the trainer's present state in the place of the last one. */
    public void replace(Trainer trainer) {
        Path next = beside(".next");
        Path last = beside(".last");
        try {
            delete(next);
            trainer.saveState(next);
            if (Files.isDirectory(directory)) {
                delete(last);
                Files.move(directory, last);
            }
            Files.move(next, directory);
            delete(last);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot put the training state at " + directory
                            + ". Check the folder, its rights and the free space.",
                    e);
        }
    }

    /** Removes the state and what an interrupted save left. */
    public void clear() {
        try {
            for (Path each : List.of(directory, beside(".next"), beside(".last"))) {
                delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot clear the training state " + directory + ". Check the folder and its rights.", e);
        }
    }

    private Path beside(String suffix) {
        return directory.resolveSibling(directory.getFileName() + suffix);
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
