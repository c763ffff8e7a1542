package dev.understudy.infra.bench.frontier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that was measured in one situation with one seed: what is kept on disk, so that a bench that was stopped
 * goes on where it was.
 *
 * @param situation its title
 * @param seed number of the seed, from 0
 * @param prompts test prompts
 * @param labelled labelled sequences that asking was learnt from
 * @param alone exact match of the student alone
 * @param teacher exact match of the teacher alone
 * @param points every policy at every share, by both axes
 * @param budgets the trained budgets as served: told a level, price as trained
 * @param fewer learned asking from fewer labelled sequences
 */
record Cell(
        String situation,
        int seed,
        int prompts,
        int labelled,
        double alone,
        double teacher,
        List<Point> points,
        List<Budget> budgets,
        List<Point> fewer) {
    /**
     * A policy at a share.
     *
     * @param policy its name
     * @param axis title of {@link Contender.Cost}
     * @param share wanted
     * @param setting what was set
     * @param right one character a prompt, 1 where the answer matches
     * @param tokens output tokens
     * @param written teacher-written tokens
     * @param charged teacher tokens that a budget is charged
     * @param read tokens that the teacher was shown
     * @param labelled labelled sequences behind it; 0 for policies that learn nothing
     */
    record Point(
            String policy,
            String axis,
            double share,
            String setting,
            String right,
            long tokens,
            long written,
            long charged,
            long read,
            int labelled) {
        static Point of(
                String policy, String axis, double share, String setting, Decoding.Outcome outcome, int labelled) {
            StringBuilder right = new StringBuilder(outcome.right().length);
            for (boolean one : outcome.right()) {
                right.append(one ? '1' : '0');
            }
            return new Point(
                    policy,
                    axis,
                    share,
                    setting,
                    right.toString(),
                    outcome.tokens(),
                    outcome.written(),
                    outcome.charged(),
                    outcome.read(),
                    labelled);
        }

        /** The same outcome on another axis. */
        Point on(String other) {
            return new Point(policy, other, share, setting, right, tokens, written, charged, read, labelled);
        }

        /** The same outcome where another share was wanted. */
        Point at(double other) {
            return new Point(policy, axis, other, setting, right, tokens, written, charged, read, labelled);
        }

        double exactMatch() {
            return right.chars().filter(one -> one == '1').count() / (double) right.length();
        }
    }

    /**
     * A budget as it was trained.
     *
     * @param form how the head is told the budget
     * @param level told
     * @param trained whether prices were found at this level
     * @param use asks per output token
     * @param exactMatch fraction of the prompts
     */
    record Budget(String form, double level, boolean trained, double use, double exactMatch) {}

    /** The cell with further budgets. */
    Cell with(List<Budget> more) {
        List<Budget> all = new ArrayList<>(budgets);
        all.addAll(more);
        return new Cell(situation, seed, prompts, labelled, alone, teacher, points, all, fewer);
    }

    /** The cell that an earlier run left, if it was measured on as many prompts and sequences. */
    static Optional<Cell> read(Path work, Situation situation, int seed, int prompts, int labelled) {
        return new CellFile(file(work, situation, seed))
                .read(Cell.class)
                .filter(cell -> cell.prompts == prompts && cell.labelled == labelled);
    }

    /** Keeps the cell; it appears whole. */
    void write(Path work, Situation of) {
        new CellFile(file(work, of, seed)).write(this);
    }

    private static Path file(Path work, Situation situation, int seed) {
        return work.resolve("cell-" + situation.title() + "-" + seed + ".json");
    }
}
