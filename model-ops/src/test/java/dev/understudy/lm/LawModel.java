package dev.understudy.lm;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A model whose whole law of the next token is written down as a function of the tokens so far. */
public final class LawModel implements LanguageModel {
    private final int vocabulary;
    private final int context;
    private final Function<int[], double[]> laws;

    /** @param laws tokens so far to [vocabulary] probabilities above 0 */
    public LawModel(int vocabulary, int context, Function<int[], double[]> laws) {
        this.vocabulary = vocabulary;
        this.context = context;
        this.laws = laws;
    }

    /** All ids of a law, most probable first. */
    public static TeacherDistribution ordered(double[] law) {
        int[] ids = IntStream.range(0, law.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -law[i]))
                .mapToInt(i -> i)
                .toArray();
        float[] logs = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            logs[i] = (float) Math.log(law[ids[i]]);
        }
        return new TeacherDistribution(ids, logs);
    }

    @Override
    public ModelShape shape() {
        return new ModelShape(8, 1, 1, 1, 8, 8, vocabulary, context, true, 10_000, 1e-5);
    }

    @Override
    public KvCache newCache(int rows) {
        return new TokenRows(rows, context, () -> {});
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        out.filled(count);
        for (int i = 0; i < count; i++) {
            fill(out, i, ((TokenRows) cache).append(rows[i], ids[i]));
        }
    }

    @Override
    public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
        out.filled(keep);
        for (int i = 0; i < ids.length; i++) {
            int[] tokens = ((TokenRows) cache).append(row, ids[i]);
            if (i >= ids.length - keep) {
                fill(out, i - (ids.length - keep), tokens);
            }
        }
    }

    @Override
    public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
        out.filled(rows.length);
        for (int i = 0; i < rows.length; i++) {
            int[] tokens = ids[i];
            for (int id : ids[i]) {
                tokens = ((TokenRows) cache).append(rows[i], id);
            }
            fill(out, i, tokens);
        }
    }

    @Override
    public void score(TokenBatch batch, Scores out) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void close() {}

    private void fill(Scores out, int entry, int[] tokens) {
        double[] law = laws.apply(tokens);
        TeacherDistribution ordered = ordered(law);
        out.argmax[entry] = ordered.argmax();
        System.arraycopy(ordered.ids(), 0, out.topIds, entry * out.topK(), out.topK());
        System.arraycopy(ordered.logProbabilities(), 0, out.topLogProbabilities, entry * out.topK(), out.topK());
        out.entropy[entry] =
                (float) -Arrays.stream(law).map(p -> p * Math.log(p)).sum();
        for (int v = 0; out.wantsLogits() && v < vocabulary; v++) {
            out.logits[entry * vocabulary + v] = (float) Math.log(law[v]);
        }
    }
}
