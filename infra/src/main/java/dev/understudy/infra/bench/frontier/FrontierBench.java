package dev.understudy.infra.bench.frontier;

import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures the frontier of asking, situation by situation and seed by seed. What was measured is kept in the work
 * folder at once, so a bench that was stopped goes on where it was.
 */
public final class FrontierBench {
    private static final int PRICING = 150;
    private static final int DEVELOPMENT = 60;

    private final Settings settings;
    private final Measuring measuring;
    private final RowMeasuring rowMeasuring;
    private final FrontierModels models;

    /**
     * What is measured.
     *
     * @param shipped folder with the shipped {@code student} and {@code teacher}
     * @param work folder for models and figures
     * @param situations at least one
     * @param seeds draws of prompts, labelled sequences and head of each, at least 1
     * @param prompts test prompts of a situation and seed
     * @param labelled labelled sequences a workload that asking is learnt from
     * @param rows those of the situations in which the vocabulary forms of asking are measured too
     */
    public record Settings(
            Path shipped,
            Path work,
            List<Situation> situations,
            int seeds,
            int prompts,
            int labelled,
            List<Situation> rows) {
        public Settings {
            situations = List.copyOf(situations);
            rows = List.copyOf(rows);
            if (seeds < 1 || prompts < 1 || labelled < 1) {
                throw new IllegalArgumentException("The frontier is measured with " + seeds + " seeds, " + prompts
                        + " prompts and " + labelled + " labelled sequences; expected at least 1 of each.");
            }
        }
    }

    /** @param reports hears what is being done */
    public FrontierBench(Engine engine, Clock clock, Settings settings, Consumer<String> reports) {
        this.settings = settings;
        Measuring.Sizes sizes = new Measuring.Sizes(settings.prompts(), PRICING, DEVELOPMENT, settings.labelled());
        measuring = new Measuring(engine, clock, sizes, reports);
        rowMeasuring = new RowMeasuring(engine, clock, sizes, reports);
        models = new FrontierModels(engine, clock, settings.shipped(), settings.work(), reports);
    }

    /** Measures what is missing and takes everything together. */
    public FrontierReport run() throws IOException {
        Map<Situation, List<Cell>> cells = new LinkedHashMap<>();
        Map<Situation, List<RowCell>> rows = new LinkedHashMap<>();
        settings.situations().forEach(situation -> cells.put(situation, new ArrayList<>()));
        // Seed by seed: a bench that is stopped has something of every situation.
        for (int seed = 0; seed < settings.seeds(); seed++) {
            for (Situation situation : cells.keySet()) {
                Cell cell = cell(situation, seed);
                if (settings.rows().contains(situation)) {
                    RowCell row = rows(situation, seed);
                    rows.computeIfAbsent(situation, first -> new ArrayList<>()).add(row);
                    cell = cell.with(row.budgets());
                }
                cells.get(situation).add(cell);
            }
        }
        return new FrontierReport(
                cells.values().stream().map(one -> new Summary(one).part()).toList(),
                rows.values().stream().map(Summary::rows).toList());
    }

    private RowCell rows(Situation situation, int seed) throws IOException {
        int workloads = situation.workloads().size();
        int prompts = settings.prompts() / workloads * workloads;
        int labelled = settings.labelled() * workloads;
        Optional<RowCell> kept = RowCell.read(settings.work(), situation, seed, prompts, labelled);
        if (kept.isPresent()) {
            return kept.get();
        }
        RowCell cell = rowMeasuring.cell(situation, seed, models.student(situation), models.teacher(situation));
        cell.write(settings.work());
        return cell;
    }

    private Cell cell(Situation situation, int seed) throws IOException {
        int workloads = situation.workloads().size();
        int prompts = settings.prompts() / workloads * workloads;
        int labelled = settings.labelled() * workloads;
        Optional<Cell> kept = Cell.read(settings.work(), situation, seed, prompts, labelled);
        if (kept.isPresent()) {
            return kept.get();
        }
        Cell cell = measuring.cell(situation, seed, models.student(situation), models.teacher(situation));
        cell.write(settings.work(), situation);
        return cell;
    }
}
