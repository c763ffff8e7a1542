package dev.understudy.distil.row;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.distil.Decay;
import dev.understudy.distil.Schedule;
import dev.understudy.distil.TrainingLoop;
import dev.understudy.distil.TrainingProgress;
import dev.understudy.distil.pair.EpochPlan;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Stage 1 of the vocabulary form (Liu et al. 2025, arXiv 2502.17717, behaviour cloning; floor, cut and anchor are
 * ours): each sequence of each epoch is given a budget b, its token is put before the prompt (none at budget 0), and
 * the student learns to ask at the hardest positions. Hardest are the top 0.9 b of all tokens of the traffic, not of
 * the answer, and above the floor; a tenth of the budget goes to random positions. Everywhere else the target is the
 * student's own law before training (the anchor), so that what it knows stays what it was. Deterministic in plan and
 * examples.
 */
public final class RowLearning {
    private static final int TOP_K = 8;
    private static final int WARM_UP = 20;
    private static final double LEAST_RATE = 0.05;

    private final RowPlan plan;
    private final AskEntries entries;

    public RowLearning(RowPlan plan, AskEntries entries) {
        this.plan = plan;
        this.entries = entries;
    }

    /**
     * Trains until the plan is done; the trainer stays the caller's.
     *
     * @param examples at least one
     * @param every steps between reports, at least 1
     */
    public void train(
            Trainer trainer, List<RowExample> examples, Clock clock, int every, Consumer<TrainingProgress> reports) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("The ask token cannot be learnt from no sequence; expected at least one."
                    + " Show more sequences to the teacher.");
        }
        // One token more is read than in the example, and one more an ask where it stays.
        List<RowExample> fitting = examples.stream()
                .filter(example -> example.length() + example.tokens().length
                        <= trainer.shape().context())
                .toList();
        int[] lengths = fitting.stream().mapToInt(RowExample::length).toArray();
        EpochPlan order = new EpochPlan(lengths, plan.batch(), plan.seed());
        double[] cuts = cuts(fitting);
        int topK = Math.min(TOP_K, trainer.shape().vocabulary());
        long steps = Math.max(1, (long) plan.epochs() * fitting.size() / plan.batch());
        Schedule schedule = new Schedule(steps, plan.learningRate(), WARM_UP, new Decay.Cosine(LEAST_RATE));
        TrainingLoop.Batches batches = step -> List.of(batch(fitting, order.rows(step), cuts, step, topK));
        new TrainingLoop(trainer, TrainingLoop.Plan.of(schedule), batches, clock).run(steps, every, reports);
    }

    private TrainingBatch batch(List<RowExample> examples, int[] rows, double[] cuts, long step, int topK) {
        Random random = new Random(plan.seed() * 0x9E3779B97F4A7C15L + step);
        List<Demonstration> demonstrations = new ArrayList<>(rows.length);
        for (int row : rows) {
            RowExample example = examples.get(row);
            int place = random.nextInt(cuts.length + 1) - 1;
            boolean[] asks = place < 0
                    ? new boolean[example.tokens().length]
                    : asks(example, cuts[place], entries.levels()[place], random);
            int budget = place < 0 ? -1 : entries.tokens()[place];
            demonstrations.add(Demonstration.of(example, entries, budget, asks));
        }
        return Demonstration.batch(demonstrations, entries.ask(), topK);
    }

    private boolean[] asks(RowExample example, double cut, double level, Random random) {
        boolean[] asks = new boolean[example.tokens().length];
        for (int t = 0; t < asks.length; t++) {
            boolean hard = example.difficulty()[t] > cut;
            boolean drawn = random.nextDouble() < plan.randomShare() * level;
            asks[t] = example.answered()[t] && (hard || drawn);
        }
        return asks;
    }

    /** Difficulty above which each level asks, at least the floor. */
    double[] cuts(List<RowExample> examples) {
        double[] all = examples.stream()
                .flatMapToDouble(example -> Arrays.stream(example.difficulty()))
                .sorted()
                .toArray();
        double[] cuts = new double[entries.levels().length];
        for (int l = 0; l < cuts.length; l++) {
            int above = (int) ((1 - plan.randomShare()) * entries.levels()[l] * all.length);
            cuts[l] = Math.max(plan.floor(), all[Math.max(0, all.length - 1 - above)]);
        }
        return cuts;
    }
}
