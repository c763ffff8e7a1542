package dev.understudy.lm;

import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A hand-written model whose law of the next token is a function of the tokens so far. It keeps the contract of
 * {@link LanguageModel} strictly (distinct rows, lengths, ranges) and counts what it was made to do.
 */
public final class ScriptedLanguageModel implements LanguageModel {
    private final int vocabulary;
    private final int context;
    private final Script script;
    public int tokensFed;
    public int steps;
    public int prefills;
    public int extendCalls;
    public boolean closed;
    public int openCaches;

    /** Most probable token and its probability; the others share the rest equally. */
    public record Law(int argmax, double confidence) {}

    /** The model's behaviour. */
    public interface Script {
        Law after(int[] tokens);
    }

    public ScriptedLanguageModel(int vocabulary, int context, Script script) {
        this.vocabulary = vocabulary;
        this.context = context;
        this.script = script;
    }

    /** Hash of some tokens, at least 0, for scripts without a pattern. */
    public static int hash(int[] tokens, int salt) {
        int h = Arrays.hashCode(tokens) * 31 + salt;
        h = (h ^ (h >>> 16)) * 0x45d9f3b;
        h = (h ^ (h >>> 16)) * 0x45d9f3b;
        return (h ^ (h >>> 16)) & 0x7fffffff;
    }

    @Override
    public ModelShape shape() {
        return new ModelShape(8, 1, 1, 1, 8, 8, vocabulary, context, true, 10_000, 1e-5);
    }

    @Override
    public KvCache newCache(int rows) {
        openCaches++;
        return new TokenRows(rows, context, () -> openCaches--);
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        steps++;
        Set<Integer> distinct = new HashSet<>();
        for (int i = 0; i < count; i++) {
            if (!distinct.add(rows[i])) {
                throw new IllegalArgumentException("row " + rows[i] + " twice");
            }
            out.filled(count);
            fill(out, i, append(cache, rows[i], ids[i]));
        }
    }

    @Override
    public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
        extendCalls++;
        if (keep < 1 || keep > ids.length) {
            throw new IllegalArgumentException("keep " + keep + " of " + ids.length);
        }
        out.filled(keep);
        for (int i = 0; i < ids.length; i++) {
            int[] tokens = append(cache, row, ids[i]);
            if (i >= ids.length - keep) {
                fill(out, i - (ids.length - keep), tokens);
            }
        }
    }

    @Override
    public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
        prefills++;
        out.filled(rows.length);
        for (int i = 0; i < rows.length; i++) {
            if (cache.length(rows[i]) != 0 || ids[i].length == 0) {
                throw new IllegalArgumentException("prefill of row " + rows[i] + " with " + cache.length(rows[i]));
            }
            int[] tokens = ids[i];
            for (int id : ids[i]) {
                tokens = append(cache, rows[i], id);
            }
            fill(out, i, tokens);
        }
    }

    @Override
    public void score(TokenBatch batch, Scores out) {
        out.filled(batch.positions().length);
        for (int i = 0; i < batch.positions().length; i++) {
            int row = batch.positions()[i] / batch.time();
            fill(out, i, Arrays.copyOfRange(batch.ids(), row * batch.time(), batch.positions()[i] + 1));
        }
    }

    @Override
    public void close() {
        if (openCaches != 0) {
            throw new IllegalStateException(openCaches + " caches are still open");
        }
        closed = true;
    }

    private int[] append(KvCache cache, int row, int id) {
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException("id " + id);
        }
        if (closed) {
            throw new IllegalStateException("closed");
        }
        tokensFed++;
        return ((TokenRows) cache).append(row, id);
    }

    private void fill(Scores out, int entry, int[] tokens) {
        Law law = script.after(tokens);
        double rest = (1 - law.confidence()) / (vocabulary - 1);
        if (law.confidence() < rest) {
            throw new IllegalStateException("script: " + law + " is not the most probable token");
        }
        out.argmax[entry] = law.argmax();
        int next = 0;
        for (int k = 0; k < out.topK(); k++) {
            int at = entry * out.topK() + k;
            out.topIds[at] = k == 0 ? law.argmax() : next == law.argmax() ? ++next : next;
            out.topLogProbabilities[at] = (float) Math.log(k == 0 ? law.confidence() : rest);
            next += k == 0 ? 0 : 1;
        }
        if (out.wantsLogits()) {
            Arrays.fill(out.logits, entry * vocabulary, (entry + 1) * vocabulary, (float) Math.log(rest));
            out.logits[entry * vocabulary + law.argmax()] = (float) Math.log(law.confidence());
        }
        if (out.wantsHidden()) {
            // a state that tells the law: the argmax and the confidence, then nothing
            int width = shape().width();
            Arrays.fill(out.hidden, entry * width, (entry + 1) * width, 0f);
            out.hidden[entry * width] = law.argmax();
            out.hidden[entry * width + 1] = (float) law.confidence();
        }
    }
}
