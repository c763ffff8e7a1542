package dev.understudy.gate;

import dev.understudy.lm.LanguageModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores one version on a gate set in slices of bounded work. The model stays the caller's. Not thread safe; owned by
 * the thread that steps the model.
 */
public final class Evaluation {
    private final LanguageModel model;
    private final GateSet set;
    private final int sliceRows;
    /** Positions in the set by sequence length, so that a slice is little padded. */
    private final List<Integer> order;

    private final @Nullable ForcedScore[] scores;
    private int done;

    /**
     * Prepares the evaluation; nothing is scored yet.
     *
     * @param sliceRows sequences of one slice, at least 1
     */
    public Evaluation(LanguageModel model, GateSet set, int sliceRows) {
        this.model = model;
        this.set = set;
        this.sliceRows = sliceRows;
        scores = new ForcedScore[set.examples().size()];
        order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> length(set.examples().get(i))))
                .toList();
    }

    /** Scores one slice; false when all sequences are scored (and then does nothing). */
    public boolean step() {
        if (done == scores.length) {
            return false;
        }
        List<Integer> slice = order.subList(done, Math.min(scores.length, done + sliceRows));
        List<ForcedScore> scored = ForcedScoring.score(
                model, slice.stream().map(set.examples()::get).toList());
        for (int i = 0; i < slice.size(); i++) {
            scores[slice.get(i)] = scored.get(i);
        }
        done += slice.size();
        return true;
    }

    /** Figures of the version; only after the last slice. */
    public VersionFigures figures() {
        SortedMap<String, List<ForcedScore>> byWorkload = new TreeMap<>();
        for (int i = 0; i < scores.length; i++) {
            ForcedScore score = scores[i];
            if (score == null) {
                throw new IllegalStateException(
                        "[BUG] figures asked for after " + done + " of " + scores.length + " sequences");
            }
            byWorkload
                    .computeIfAbsent(set.examples().get(i).workload(), name -> new ArrayList<>())
                    .add(score);
        }
        return new VersionFigures(set.fingerprint(), byWorkload);
    }

    private static int length(GateExample example) {
        return example.promptIds().length + example.contextIds().length;
    }
}
