package dev.understudy.infra.bench.frontier;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What the vocabulary forms of asking came to in one situation with one seed; kept in the work folder beside the
 * situation's other figures.
 *
 * @param situation its title
 * @param seed of traffic and training
 * @param prompts test prompts
 * @param labelled labelled sequences that asking was learnt from
 * @param budgets told a level, priced
 */
record RowCell(String situation, int seed, int prompts, int labelled, List<Cell.Budget> budgets) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The cell that an earlier run left, if it was measured on as many prompts and sequences. */
    static Optional<RowCell> read(Path work, Situation situation, int seed, int prompts, int labelled) {
        Path file = file(work, situation.title(), seed);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            RowCell cell = JSON.readValue(file.toFile(), RowCell.class);
            return cell.prompts == prompts && cell.labelled == labelled ? Optional.of(cell) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ". Delete it to measure again.", e);
        }
    }

    /** Keeps the cell; it appears whole. */
    void write(Path work) {
        Path file = file(work, situation, seed);
        try {
            Files.createDirectories(work);
            Path next = file.resolveSibling(file.getFileName() + ".next");
            JSON.writerWithDefaultPrettyPrinter().writeValue(next.toFile(), this);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ". Check the folder.", e);
        }
    }

    private static Path file(Path work, String title, int seed) {
        return work.resolve("rows-" + title + "-" + seed + ".json");
    }
}
