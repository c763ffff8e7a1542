package dev.understudy.distil.row;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import java.util.Arrays;
import java.util.List;

/**
 * One sequence as it should have been decoded under a budget: what the student reads, and at each place that it decides
 * what it should say. Where it should ask, the ask token, and the text goes on with what the teacher answers; elsewhere
 * its own law as it was before, without the ask token, so that it learns to ask and nothing else. What the teacher
 * writes after an ask that stays in the text is nobody's label.
 *
 * @param ids what is read
 * @param places [N] indexes in {@code ids} after which the student decides
 * @param asks [N] whether it should ask there
 * @param own [N] its own law there
 */
record Demonstration(int[] ids, int[] places, boolean[] asks, List<TeacherDistribution> own) {
    /** Logarithm of a probability that counts as none, and finite. */
    private static final float NEVER = -60;

    /**
     * Lays out an example.
     *
     * @param budget id of the token that tells the budget; -1 when nothing is told
     * @param asks [T] where to ask
     */
    static Demonstration of(RowExample example, AskEntries entries, int budget, boolean[] asks) {
        int count = example.tokens().length;
        int from = budget < 0 ? 0 : 1;
        int[] ids = new int[from + example.length() + count];
        ids[0] = budget;
        System.arraycopy(example.prompt(), 0, ids, from, example.prompt().length);
        int size = from + example.prompt().length;
        int[] places = new int[count];
        for (int t = 0; t < count; t++) {
            places[t] = size - 1;
            if (asks[t] && entries.trace() == Trace.KEPT) {
                ids[size++] = entries.ask();
            }
            ids[size++] = example.tokens()[t];
        }
        // what follows the last place is only predicted, never read
        return new Demonstration(Arrays.copyOf(ids, places[count - 1] + 1), places, asks, example.own());
    }

    /** One batch; every law has {@code topK} stored ids of the own law and the ask token's. */
    static TrainingBatch batch(List<Demonstration> rows, int ask, int topK) {
        int time = rows.stream().mapToInt(row -> row.ids.length).max().orElseThrow();
        int count = rows.stream().mapToInt(row -> row.places.length).sum();
        int stored = topK + 1;
        int[] ids = new int[rows.size() * time];
        int[] positions = new int[count];
        int[] lawIds = new int[count * stored];
        float[] laws = new float[count * stored];
        int n = 0;
        for (int b = 0; b < rows.size(); b++) {
            Demonstration row = rows.get(b);
            System.arraycopy(row.ids, 0, ids, b * time, row.ids.length);
            for (int i = 0; i < row.places.length; i++) {
                positions[n] = b * time + row.places[i];
                int at = n++ * stored;
                TeacherDistribution own = row.own.get(i);
                int known = row.asks[i] ? 0 : Math.min(topK, own.ids().length);
                lawIds[at] = ask;
                // Stored with nothing: the ask token must not hide among the ids that are not stored.
                laws[at] = row.asks[i] ? 0 : NEVER;
                System.arraycopy(own.ids(), 0, lawIds, at + 1, known);
                System.arraycopy(own.logProbabilities(), 0, laws, at + 1, known);
                Arrays.fill(lawIds, at + 1 + known, at + stored, ask);
                Arrays.fill(laws, at + 1 + known, at + stored, Targets.TopK.FILLER);
            }
        }
        float[] weights = new float[count];
        Arrays.fill(weights, 1);
        TokenBatch tokens = new TokenBatch(rows.size(), time, ids, positions);
        return new TrainingBatch(tokens, weights, new Targets.TopK(stored, lawIds, laws));
    }
}
