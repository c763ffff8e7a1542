package dev.understudy.lm;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** A model whose next token depends on the last token only, by a table of logits that the test writes down. */
public final class BigramModel implements LanguageModel {
    private final float[][] logits;

    /** @param logits [V, V] unnormalised, row = last token */
    public BigramModel(float[][] logits) {
        this.logits = logits;
    }

    /** Prefers {@code next[last]} with the given logit over all others at 0. */
    public static BigramModel preferring(int[] next, float logit) {
        float[][] logits = new float[next.length][next.length];
        for (int i = 0; i < next.length; i++) {
            logits[i][next[i]] = logit;
        }
        return new BigramModel(logits);
    }

    @Override
    public ModelShape shape() {
        return new ModelShape(2, 1, 1, 1, 2, 2, logits.length, 64, true, 200, 1e-5);
    }

    @Override
    public KvCache newCache(int rows) {
        return new NoCache(rows);
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
        for (int i = 0; i < keep; i++) {
            fill(ids[ids.length - keep + i], i, out);
        }
        out.filled(keep);
    }

    @Override
    public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void score(TokenBatch batch, Scores out) {
        int count = batch.positions().length;
        for (int i = 0; i < count; i++) {
            fill(batch.ids()[batch.positions()[i]], i, out);
        }
        out.filled(count);
    }

    @Override
    public void close() {}

    private void fill(int last, int at, Scores out) {
        float[] row = logits[last];
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit);
        }
        double norm = Math.log(sum);
        int[] order = IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -row[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        int k = out.topK();
        out.argmax[at] = order[0];
        for (int i = 0; i < k; i++) {
            out.topIds[at * k + i] = order[i];
            out.topLogProbabilities[at * k + i] = (float) (row[order[i]] - norm);
        }
        out.entropy[at] = (float) Arrays.stream(order)
                .mapToDouble(i -> -(row[i] - norm) * Math.exp(row[i] - norm))
                .sum();
    }
}
