package dev.understudy.distil;

import dev.understudy.lm.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

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
            FileUtils.deleteDirectory(next.toFile());
            trainer.saveState(next);
            if (Files.isDirectory(directory)) {
                FileUtils.deleteDirectory(last.toFile());
                Files.move(directory, last);
            }
            Files.move(next, directory);
            FileUtils.deleteDirectory(last.toFile());
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
                FileUtils.deleteDirectory(each.toFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot clear the training state " + directory + ". Check the folder and its rights.", e);
        }
    }

    private Path beside(String suffix) {
        return directory.resolveSibling(directory.getFileName() + suffix);
    }
}
