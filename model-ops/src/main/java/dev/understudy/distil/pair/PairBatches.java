package dev.understudy.distil.pair;

import dev.understudy.distil.PairTrainer;
import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.distil.TrainingLoop;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a training run over a set of pairs, epoch after epoch: labels, or a teacher's recorded laws. What step
 * n sees depends on the pairs, the seed and n alone. Not thread safe.
 */
public final class PairBatches implements TrainingLoop.Batches {
    private final List<Pair> pairs;
    private final @Nullable RecordedLaws laws;
    private final EpochPlan plan;
    private final int partRows;

    private PairBatches(PairSet set, @Nullable RecordedLaws laws, Sizes sizes) {
        pairs = set.pairs();
        this.laws = laws;
        plan = new EpochPlan(pairs.stream().mapToInt(Pair::length).toArray(), sizes.batch(), sizes.seed());
        partRows = (sizes.batch() + sizes.parts() - 1) / sizes.parts();
    }

    /**
     * How the pairs are dealt out.
     *
     * @param batch pairs a step, at least 1
     * @param parts pieces in which a step is computed, in [1, batch]; more pieces need less memory
     * @param seed order of the pairs
     */
    public record Sizes(int batch, int parts, long seed) {
        public Sizes {
            if (batch < 1 || parts < 1 || parts > batch) {
                throw new IllegalArgumentException("Training with " + batch + " pairs a step in " + parts
                        + " parts; expected at least 1 pair, and 1 to " + batch + " parts.");
            }
        }
    }

    /** The completions themselves are learnt. */
    public static PairBatches labels(PairSet set, Sizes sizes) {
        return new PairBatches(set, null, sizes);
    }

    /** A teacher's laws over the completions are learnt; they must be complete. */
    public static PairBatches laws(PairSet set, RecordedLaws laws, Sizes sizes) {
        if (!laws.isComplete()) {
            throw new IllegalArgumentException("[BUG] training from laws that are not complete");
        }
        return new PairBatches(set, laws, sizes);
    }

    @Override
    public List<TrainingBatch> parts(long step) {
        int[] rows = plan.rows(step);
        List<TrainingBatch> parts = new ArrayList<>();
        for (int from = 0; from < rows.length; from += partRows) {
            parts.add(part(Arrays.copyOfRange(rows, from, Math.min(rows.length, from + partRows))));
        }
        return parts;
    }

    private TrainingBatch part(int[] numbers) {
        TrainingBatch labels =
                PairTrainer.batch(Arrays.stream(numbers).mapToObj(pairs::get).toList());
        if (laws == null) {
            return labels;
        }
        Targets recorded = laws.of(numbers);
        return new TrainingBatch(labels.tokens(), labels.weights(), recorded);
    }
}
