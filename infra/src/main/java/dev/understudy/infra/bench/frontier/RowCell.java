package dev.understudy.infra.bench.frontier;

import java.nio.file.Path;
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
    /** The cell that an earlier run left, if it was measured on as many prompts and sequences. */
    static Optional<RowCell> read(Path work, Situation situation, int seed, int prompts, int labelled) {
        return new CellFile(file(work, situation.title(), seed))
                .read(RowCell.class)
                .filter(cell -> cell.prompts == prompts && cell.labelled == labelled);
    }

    /** Keeps the cell; it appears whole. */
    void write(Path work) {
        new CellFile(file(work, situation, seed)).write(this);
    }

    private static Path file(Path work, String title, int seed) {
        return work.resolve("rows-" + title + "-" + seed + ".json");
    }
}
