package dev.understudy.lm.feed;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.shape.ModelShape;

/**
 * Checks of what callers hand over: a wrong id or position must be an exception, never a native one or a wrong answer.
 */
public final class CallChecks {
    private CallChecks() {}

    /** Whole sequences: ids, lengths and positions. */
    public static void batch(ModelShape shape, TokenBatch batch) {
        if (batch.time() > shape.context()) {
            throw new IllegalArgumentException("Batch has " + batch.time() + " tokens a row, expected at most "
                    + shape.context() + "; cut or drop longer sequences.");
        }
        ids(shape, batch.ids(), batch.ids().length);
        if (batch.positions().length == 0) {
            throw new IllegalArgumentException("Batch asks for no position, expected at least 1; leave it out.");
        }
        for (int position : batch.positions()) {
            if (position < 0 || position >= batch.ids().length) {
                throw new IllegalArgumentException("Batch asks for position " + position + ", expected one in [0, "
                        + batch.ids().length + "); positions are row * time + t.");
            }
        }
    }

    /** The first {@code count} ids. */
    public static void ids(ModelShape shape, int[] ids, int count) {
        for (int i = 0; i < count; i++) {
            if (ids[i] < 0 || ids[i] >= shape.vocabulary()) {
                throw new IllegalArgumentException("Token id " + ids[i] + " is outside [0, " + shape.vocabulary()
                        + "); tokenizer and model must share a vocabulary.");
            }
        }
    }

    /** The first {@code count} rows: within the cache and distinct. */
    public static void rows(KvCache cache, int[] rows, int count) {
        for (int i = 0; i < count; i++) {
            if (rows[i] < 0 || rows[i] >= cache.rows()) {
                throw new IllegalArgumentException(
                        "Cache row " + rows[i] + " is outside [0, " + cache.rows() + "); make a larger cache.");
            }
            for (int j = 0; j < i; j++) {
                if (rows[j] == rows[i]) {
                    throw new IllegalArgumentException("Cache row " + rows[i] + " is named twice in one call.");
                }
            }
        }
    }

    /** Scores for {@code count} reports of a model. */
    public static void out(ModelShape shape, Scores out, int count) {
        if (count < 1 || count > out.capacity() || out.topK() > shape.vocabulary()) {
            throw new IllegalArgumentException("A call for " + count + " rows fills scores of capacity "
                    + out.capacity() + " and top-k " + out.topK()
                    + "; expected 1 to capacity rows and top-k of at most "
                    + shape.vocabulary() + ".");
        }
        boolean foreign = out.wantsLogits() && out.logits.length != out.capacity() * shape.vocabulary();
        if (foreign || (out.wantsHidden() && out.hidden.length != out.capacity() * shape.width())) {
            throw new IllegalArgumentException("Scores were made for another vocabulary than " + shape.vocabulary()
                    + " or another width than " + shape.width() + "; make them from this model's shape.");
        }
    }

    /** Room for {@code more} tokens in a row that holds {@code length}. */
    public static void room(ModelShape shape, int row, int length, int more) {
        if (length + more > shape.context()) {
            throw new IllegalArgumentException("Row " + row + " holds " + length + " tokens and gets " + more
                    + ", expected at most " + shape.context() + " in all; stop or truncate it first.");
        }
    }
}
