package dev.understudy.lm.vector;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.feed.CallChecks;
import dev.understudy.lm.feed.Feed;
import dev.understudy.lm.feed.Feeding;
import dev.understudy.lm.shape.ModelShape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A decoder on the Java heap: Touvron et al., "Llama 2" (2023), section 2.2, and what
 * {@link dev.understudy.lm.shape.Architecture} changes. A token's figures depend on its row alone, bit for bit,
 * whatever is fed beside it and however a block is cut. The same forward pass as {@code lm/djl/llama.py}, in the same
 * order; {@code VectorModelTest} holds the two together. Arrays [N, ...] are row-major with the row length of their
 * product.
 */
final class VectorModel implements LanguageModel, Feed<VectorCache> {
    /** Most tokens of one pass: products are no faster with more. */
    private static final int CHUNK = 256;

    private static final float[] NONE = {};

    private final ModelShape shape;
    private final VectorWeights weights;
    private final VectorRotary rotary;
    private final VectorAttention attention;
    private final VectorFigures figures;
    private final Feeding<VectorCache> feeding;
    /** [N, d] what the layers add to. */
    private float[] stream = {};
    /** [N, inputs] what a product is given. */
    private float[] given = {};
    /** [N, stride] what it makes. */
    private float[] made = {};

    private float[] scratch = {};
    private float[] logits = {};
    private int[] positions = {};
    private int[] entries = {};

    VectorModel(ModelShape shape, VectorWeights weights) {
        this.shape = shape;
        this.weights = weights;
        rotary = new VectorRotary(shape);
        attention = new VectorAttention(shape);
        figures = new VectorFigures(shape.vocabulary());
        feeding = new Feeding<>(shape, this);
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public Kernel kernel() {
        return Kernel.VECTOR;
    }

    @Override
    public KvCache newCache(int rows) {
        return new VectorCache(shape, rows);
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        feeding.step(own(cache), rows, ids, count, out);
    }

    @Override
    public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
        feeding.extend(own(cache), row, ids, keep, out);
    }

    @Override
    public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
        feeding.prefill(own(cache), rows, ids, out);
    }

    @Override
    public void score(TokenBatch batch, Scores out) {
        CallChecks.batch(shape, batch);
        int count = batch.positions().length;
        CallChecks.out(shape, out, count);
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Integer.compare(batch.positions()[a], batch.positions()[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int asked = 0;
        for (int row = 0; row < batch.rows(); row++) {
            int first = asked;
            while (asked < count && batch.positions()[order[asked]] < (row + 1) * batch.time()) {
                asked++;
            }
            if (asked > first) {
                score(batch, row, Arrays.copyOfRange(order, first, asked), out);
            }
        }
        out.filled(count);
    }

    /** @param wanted entries of one row, by position */
    private void score(TokenBatch batch, int row, int[] wanted, Scores out) {
        int origin = row * batch.time();
        int end = batch.positions()[wanted[wanted.length - 1]] + 1;
        int done = 0;
        try (VectorCache cache = new VectorCache(shape, 1)) {
            for (int start = origin; start < end; start += CHUNK) {
                int[] block = Arrays.copyOfRange(batch.ids(), start, Math.min(end, start + CHUNK));
                int first = done;
                while (done < wanted.length && batch.positions()[wanted[done]] < start + block.length) {
                    done++;
                }
                int[] kept = new int[done - first];
                for (int i = 0; i < kept.length; i++) {
                    kept[i] = batch.positions()[wanted[first + i]] - start;
                }
                pass(cache, new int[block.length], block, block.length, kept);
                report(out, kept.length, Arrays.copyOfRange(wanted, first, done));
            }
        }
    }

    @Override
    public int chunk(int length) {
        return CHUNK;
    }

    @Override
    public void feed(VectorCache cache, int[] rows, int[] ids, int count, int[] kept, Scores out, int first) {
        pass(cache, rows, ids, count, kept);
        if (entries.length < kept.length) {
            entries = new int[kept.length];
        }
        for (int i = 0; i < kept.length; i++) {
            entries[i] = first + i;
        }
        report(out, kept.length, entries);
    }

    /** Runs the layers; the stream's first rows are those of {@code kept} then. */
    private void pass(VectorCache cache, int[] rows, int[] ids, int count, int[] kept) {
        room(Math.max(count, kept.length));
        int d = shape.width();
        for (int i = 0; i < count; i++) {
            positions[i] = i > 0 && rows[i] == rows[i - 1] ? positions[i - 1] + 1 : cache.length(rows[i]);
            cache.reserve(rows[i], positions[i] + 1);
            System.arraycopy(weights.embedding(), ids[i] * d, stream, i * d, d);
        }
        int last = shape.layers() - 1;
        for (int layer = 0; layer <= last; layer++) {
            VectorWeights.Layer own = weights.layers().get(layer);
            normed(own.attentionNorm(), count);
            own.queryKeyValue().apply(given, count, scratch, made);
            int stride = own.queryKeyValue().matrix().stride();
            int keys = shape.heads() * shape.headSize();
            for (int i = 0; i < count; i++) {
                rotary.turn(own.heads(), positions[i], made, i * stride);
                attention.store(cache.pages(rows[i]), layer, positions[i], made, i * stride + keys);
            }
            // after the last attention only what is reported goes on
            int width = layer == last ? kept.length : count;
            for (int i = 0; i < width; i++) {
                int token = layer == last ? kept[i] : i;
                attention.attend(
                        cache.pages(rows[token]), layer, positions[token], made, token * stride, given, i * keys);
                System.arraycopy(stream, token * d, scratch, i * d, d);
            }
            System.arraycopy(scratch, 0, stream, 0, width * d);
            if (width > 0) {
                rest(own, width);
            }
        }
        for (int i = 0; i < count; i++) {
            cache.append(rows[i]);
        }
    }

    /** What follows attention in one layer. */
    private void rest(VectorWeights.Layer layer, int count) {
        layer.output().apply(given, count, scratch, made);
        join(layer.output(), count);
        normed(layer.feedForwardNorm(), count);
        layer.gateUp().apply(given, count, scratch, made);
        int stride = layer.gateUp().matrix().stride();
        int f = shape.feedForward();
        for (int i = 0; i < count; i++) {
            VectorMath.swiglu(made, i * stride, f, given, i * f);
        }
        layer.down().apply(given, count, scratch, made);
        join(layer.down(), count);
    }

    private void normed(float[] gain, int count) {
        int d = shape.width();
        for (int i = 0; i < count; i++) {
            VectorMath.norm(stream, i * d, gain, shape.normEpsilon(), given, i * d);
        }
    }

    private void join(VectorWeights.Product product, int count) {
        int d = shape.width();
        for (int i = 0; i < count; i++) {
            VectorMath.add(made, i * product.matrix().stride(), stream, i * d, d);
        }
    }

    /** Head and figures of the stream's first rows. */
    private void report(Scores out, int count, int[] entries) {
        if (count == 0) {
            return;
        }
        normed(weights.gain(), count);
        int stride = weights.head().stride();
        if (logits.length < count * stride) {
            logits = new float[count * stride];
        }
        weights.head().multiply(given, count, NONE, scratch, logits);
        int d = shape.width();
        for (int i = 0; i < count; i++) {
            if (out.wantsHidden()) {
                System.arraycopy(given, i * d, out.hidden, entries[i] * d, d);
            }
            figures.fill(logits, i * stride, out, entries[i]);
        }
    }

    private void room(int count) {
        if (positions.length >= count) {
            return;
        }
        int deepest = Math.max(weights.deepest(), shape.width());
        positions = new int[count];
        stream = new float[count * shape.width()];
        given = new float[count * deepest];
        scratch = new float[count * deepest];
        made = new float[count * weights.widest()];
    }

    private static VectorCache own(KvCache cache) {
        if (cache instanceof VectorCache own) {
            return own;
        }
        throw new IllegalArgumentException("[BUG] a cache of " + cache.getClass() + " was made by another engine");
    }

    @Override
    public void close() {
        // everything is on the heap
    }
}
