package dev.understudy.lm.feed;

import dev.understudy.lm.KvCache;
import dev.understudy.lm.Scores;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;

/**
 * Steps, blocks and bursts of a decoder as calls of a {@link Feed}: a wrong id or row is an exception before anything
 * was changed. Confined to the thread that steps the model.
 *
 * @param <C> the decoder's cache
 */
public final class Feeding<C extends KvCache> {
    private final ModelShape shape;
    private final Feed<C> feed;

    public Feeding(ModelShape shape, Feed<C> feed) {
        this.shape = shape;
        this.feed = feed;
    }

    /** As {@link dev.understudy.lm.LanguageModel#step}. */
    public void step(C cache, int[] rows, int[] ids, int count, Scores out) {
        CallChecks.out(shape, out, count);
        CallChecks.ids(shape, ids, count);
        CallChecks.rows(cache, rows, count);
        for (int i = 0; i < count; i++) {
            CallChecks.room(shape, rows[i], cache.length(rows[i]), 1);
        }
        feed.feed(cache, rows, ids, count, range(0, count), out, 0);
        out.filled(count);
    }

    /** As {@link dev.understudy.lm.LanguageModel#extend}. */
    public void extend(C cache, int row, int[] ids, int keep, Scores out) {
        if (ids.length == 0 || keep < 1 || keep > ids.length) {
            throw new IllegalArgumentException("A block of " + ids.length + " tokens cannot report its last " + keep
                    + "; expected at least 1 of each, and no more reports than tokens.");
        }
        CallChecks.out(shape, out, keep);
        CallChecks.ids(shape, ids, ids.length);
        CallChecks.rows(cache, new int[] {row}, 1);
        CallChecks.room(shape, row, cache.length(row), ids.length);
        int firstKept = ids.length - keep;
        int end = cache.length(row) + ids.length;
        for (int start = 0, count; start < ids.length; start += count) {
            count = Math.min(feed.chunk(end), ids.length - start);
            int[] rows = new int[count];
            Arrays.fill(rows, row);
            int from = Math.min(count, Math.max(0, firstKept - start));
            int[] block = Arrays.copyOfRange(ids, start, start + count);
            feed.feed(cache, rows, block, count, range(from, count), out, Math.max(0, start - firstKept));
        }
        out.filled(keep);
    }

    /** As {@link dev.understudy.lm.LanguageModel#prefill}. */
    public void prefill(C cache, int[] rows, int[][] ids, Scores out) {
        int count = rows.length;
        if (ids.length != count) {
            throw new IllegalArgumentException("[BUG] " + ids.length + " blocks for " + count + " rows");
        }
        CallChecks.out(shape, out, count);
        CallChecks.rows(cache, rows, count);
        for (int i = 0; i < count; i++) {
            if (cache.length(rows[i]) != 0 || ids[i].length == 0) {
                throw new IllegalArgumentException("Row " + rows[i] + " holds " + cache.length(rows[i])
                        + " tokens and gets " + ids[i].length + "; prefill expects an empty row and a block.");
            }
            CallChecks.ids(shape, ids[i], ids[i].length);
            CallChecks.room(shape, rows[i], 0, ids[i].length);
        }
        blocks(cache, rows, ids, out);
        out.filled(count);
    }

    /** Feeds whole blocks one after the other, as many tokens a call as are allowed. */
    private void blocks(C cache, int[] rows, int[][] ids, Scores out) {
        int longest = 0;
        int tokens = 0;
        for (int[] block : ids) {
            longest = Math.max(longest, block.length);
            tokens += block.length;
        }
        int most = Math.min(feed.chunk(longest), tokens);
        int[] chunkRows = new int[most];
        int[] chunkIds = new int[most];
        int[] kept = new int[rows.length];
        int count = 0;
        int reported = 0;
        int first = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < ids[i].length; t++) {
                chunkRows[count] = rows[i];
                chunkIds[count] = ids[i][t];
                if (t == ids[i].length - 1) {
                    kept[reported++] = count;
                }
                count++;
                if (count == most || (i == rows.length - 1 && t == ids[i].length - 1)) {
                    feed.feed(cache, chunkRows, chunkIds, count, Arrays.copyOf(kept, reported), out, first);
                    first += reported;
                    reported = 0;
                    count = 0;
                }
            }
        }
    }

    private static int[] range(int from, int to) {
        int[] values = new int[to - from];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i;
        }
        return values;
    }
}
