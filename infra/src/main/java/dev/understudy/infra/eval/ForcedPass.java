package dev.understudy.infra.eval;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import java.util.Arrays;

/**
 * The logits of a model along given tokens, in blocks, so that neither the length of a text nor the size of a
 * vocabulary decides about memory. Owned by the thread that steps the model; closes its cache, not the model.
 */
public final class ForcedPass implements AutoCloseable {
    private static final int BLOCK = 64;

    private final LanguageModel model;
    private final KvCache cache;
    private final Scores scores;

    /** Takes the logits of the token that follows one position. */
    public interface Positions {
        /**
         * One position.
         *
         * @param position index of the last token that was read
         * @param logits holds [V] unnormalised logits from {@code from} on; overwritten by the next block
         */
        void at(int position, float[] logits, int from);
    }

    public ForcedPass(LanguageModel model) {
        this.model = model;
        cache = model.newCache(1);
        scores = new Scores(BLOCK, 2, model.shape().vocabulary());
    }

    /**
     * Reads {@code ids} and reports every position from {@code first} on.
     *
     * @param ids at least one token, no more than the model's context
     * @param first first position that is reported, in [0, ids.length)
     */
    public void run(int[] ids, int first, Positions positions) {
        int vocabulary = model.shape().vocabulary();
        cache.truncate(0, 0);
        if (first > 0) {
            model.extend(cache, 0, Arrays.copyOf(ids, first), 1, scores);
        }
        for (int start = first; start < ids.length; start += BLOCK) {
            int end = Math.min(ids.length, start + BLOCK);
            model.extend(cache, 0, Arrays.copyOfRange(ids, start, end), end - start, scores);
            for (int i = 0; i < end - start; i++) {
                positions.at(start + i, scores.logits, i * vocabulary);
            }
        }
    }

    /** Natural-log probabilities [V] of the softmax of one row of logits. */
    static double[] logSoftmax(float[] logits, int from, int vocabulary) {
        double top = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            top = Math.max(top, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(logits[from + i] - top);
        }
        double[] logs = new double[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logs[i] = logits[from + i] - top - Math.log(sum);
        }
        return logs;
    }

    /**
     * Natural-log probabilities of the tokens of {@code ids} from {@code first} on, each given those before it.
     *
     * @param first at least 1
     */
    public double[] logProbabilities(int[] ids, int first) {
        double[] found = new double[ids.length - first];
        if (found.length > 0) {
            int vocabulary = model.shape().vocabulary();
            run(
                    Arrays.copyOf(ids, ids.length - 1),
                    first - 1,
                    (position, logits, from) ->
                            found[position + 1 - first] = logSoftmax(logits, from, vocabulary)[ids[position + 1]]);
        }
        return found;
    }

    @Override
    public void close() {
        cache.close();
    }
}
