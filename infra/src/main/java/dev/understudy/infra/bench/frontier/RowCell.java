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
 * @param points {@link #FORM} and every rival at every share, on the weights that it trained
 */
record RowCell(
        String situation, int seed, int prompts, int labelled, List<Cell.Budget> budgets, List<Cell.Point> points) {
    /** The form that leaves no ask in the context. */
    static final String FORM = "row";

    RowCell {
        // A file may have been written without them.
        points = points == null ? List.of() : List.copyOf(points);
    }

    /** The cell that an earlier run left with all its parts, if it was measured on as many prompts and sequences. */
    static Optional<RowCell> read(Path work, Situation situation, int seed, int prompts, int labelled) {
        return new CellFile(file(work, situation.title(), seed))
                .read(RowCell.class)
                .filter(cell -> cell.prompts == prompts && cell.labelled == labelled && !cell.points.isEmpty());
    }

    /** Keeps the cell; it appears whole. */
    void write(Path work) {
        new CellFile(file(work, situation, seed)).write(this);
    }

    private static Path file(Path work, String title, int seed) {
        return work.resolve("rows-" + title + "-" + seed + ".json");
    }
}
