package dev.understudy.lm.djl;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.TokenBatch;

/** Checks of what callers hand over: a wrong id or position must be a Java exception, never a native one. */
final class Batches {
    private Batches() {}

    static void check(ModelShape shape, TokenBatch batch) {
        if (batch.time() > shape.context()) {
            throw new IllegalArgumentException("Batch has " + batch.time() + " tokens a row, expected at most "
                    + shape.context() + "; cut or drop longer sequences.");
        }
        checkIds(shape, batch.ids(), batch.ids().length);
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

    static void checkIds(ModelShape shape, int[] ids, int count) {
        for (int i = 0; i < count; i++) {
            if (ids[i] < 0 || ids[i] >= shape.vocabulary()) {
                throw new IllegalArgumentException("Token id " + ids[i] + " is outside [0, " + shape.vocabulary()
                        + "); tokenizer and model must share a vocabulary.");
            }
        }
    }

    static void checkRows(KvCache cache, int[] rows, int count) {
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

    static long[] longs(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
