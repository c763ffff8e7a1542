package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder whose every call is one native call: ids go in as one array and the finished figures come out as one array,
 * because at these sizes crossing into native code costs as much as a layer.
 */
final class LibtorchModel implements LanguageModel {
    /** Longest block of one native call in tokens; the attention mask grows with its square. */
    private static final int CHUNK = 256;

    private final ModelShape shape;
    private final TorchProgram program;
    private final IValue weights;
    private final IValue packed;

    /** @param values one array for each block of the layout */
    LibtorchModel(ModelShape shape, List<float[]> values, Kernel kernel) {
        this.shape = shape;
        IValue blocked;
        program = new TorchProgram(shape);
        LlamaWeights all = new LlamaWeights(shape, values, program.manager());
        try (IValue plain = TorchProgram.list(all.programOrder());
                IValue half = IValue.from(kernel == Kernel.FP16_PACKED)) {
            packed = program.call("pack", plain, half);
            blocked = kernel == Kernel.ONEDNN ? program.call("reorder", plain) : null;
        }
        if (kernel != Kernel.FP32) {
            // the kernel has its own copy of every matrix
            all.releaseMatrices();
        }
        weights = blocked == null ? TorchProgram.list(all.programOrder()) : blocked;
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public KvCache newCache(int rows) {
        return new LibtorchCache(shape, rows, program.manager());
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        LibtorchCache own = own(cache);
        checkOut(out, count);
        Batches.checkIds(shape, ids, count);
        Batches.checkRows(own, rows, count);
        long[] at = new long[3 * count];
        int longest = 0;
        for (int i = 0; i < count; i++) {
            int position = own.length(rows[i]);
            checkRoom(rows[i], position, 1);
            at[i] = rows[i];
            at[count + i] = position;
            at[2 * count + i] = ids[i];
            longest = Math.max(longest, position + 1);
        }
        IValue list = own.withRoom(longest, program);
        try (NDManager scope = program.manager().newSubManager();
                IValue places = tensor(scope.create(at, new Shape(3, count)));
                IValue row = IValue.from((long) firstOfRun(rows, count));
                IValue length = IValue.from((long) longest);
                IValue top = IValue.from((long) out.topK());
                IValue full = IValue.from(out.wantsLogits());
                IValue hidden = IValue.from(out.wantsHidden());
                IValue result = program.call("step", weights, packed, list, places, row, length, top, full, hidden)) {
            fill(out, figures(result, scope), 0, count);
        }
        for (int i = 0; i < count; i++) {
            own.append(rows[i], 1);
        }
        out.filled(count);
    }

    @Override
    public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
        LibtorchCache own = own(cache);
        if (ids.length == 0 || keep < 1 || keep > ids.length) {
            throw new IllegalArgumentException("A block of " + ids.length + " tokens cannot report its last " + keep
                    + "; expected at least 1 of each, and no more reports than tokens.");
        }
        checkOut(out, keep);
        Batches.checkIds(shape, ids, ids.length);
        int[] rows = {row};
        Batches.checkRows(own, rows, 1);
        checkRoom(row, own.length(row), ids.length);
        int firstKept = ids.length - keep;
        for (int start = 0; start < ids.length; start += CHUNK) {
            int end = Math.min(ids.length, start + CHUNK);
            int from = Math.max(start, firstKept);
            int[] block = Arrays.copyOfRange(ids, start, end);
            // a chunk that reports nothing still needs one position: the program has no path without a head
            int[] at = from >= end ? new int[] {0} : range(from - start, end - start);
            float[] figures = block(own, rows, block, end - start, own.length(row), at, out);
            if (from < end) {
                fill(out, figures, from - firstKept, end - from);
            }
            own.append(row, end - start);
        }
        out.filled(keep);
    }

    @Override
    public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
        LibtorchCache own = own(cache);
        int count = rows.length;
        if (ids.length != count) {
            throw new IllegalArgumentException("[BUG] " + ids.length + " blocks for " + count + " rows");
        }
        checkOut(out, count);
        Batches.checkRows(own, rows, count);
        int longest = 0;
        for (int i = 0; i < count; i++) {
            if (own.length(rows[i]) != 0 || ids[i].length == 0) {
                throw new IllegalArgumentException("Row " + rows[i] + " holds " + own.length(rows[i])
                        + " tokens and gets " + ids[i].length + "; prefill expects an empty row and a block.");
            }
            Batches.checkIds(shape, ids[i], ids[i].length);
            checkRoom(rows[i], 0, ids[i].length);
            longest = Math.max(longest, ids[i].length);
        }
        for (int start = 0; start < longest; start += CHUNK) {
            prefillChunk(own, rows, ids, start, out);
        }
        out.filled(count);
    }

    /** Tokens {@code start} to {@code start + CHUNK} of every block that is so long. */
    private void prefillChunk(LibtorchCache cache, int[] rows, int[][] ids, int start, Scores out) {
        int[] alive = new int[rows.length];
        int live = 0;
        int width = 0;
        for (int i = 0; i < rows.length; i++) {
            if (ids[i].length > start) {
                alive[live++] = i;
                width = Math.max(width, Math.min(CHUNK, ids[i].length - start));
            }
        }
        int[] liveRows = new int[live];
        int[] block = new int[live * width];
        int[] at = new int[live];
        for (int j = 0; j < live; j++) {
            int i = alive[j];
            int length = Math.min(width, ids[i].length - start);
            liveRows[j] = rows[i];
            System.arraycopy(ids[i], start, block, j * width, length);
            at[j] = j * width + length - 1;
        }
        float[] figures = block(cache, liveRows, block, width, start, at, out);
        int stride = figures.length / live;
        for (int j = 0; j < live; j++) {
            int i = alive[j];
            int length = Math.min(width, ids[i].length - start);
            // padding was written to the cache behind the row's end; it is overwritten before it can be seen
            cache.append(rows[i], length);
            if (ids[i].length == start + length) {
                fill(out, Arrays.copyOfRange(figures, j * stride, (j + 1) * stride), i, 1);
            }
        }
    }

    /** One native call: {@code ids [rows, width]} at {@code position}; figures of flat positions {@code at}. */
    private float[] block(LibtorchCache cache, int[] rows, int[] ids, int width, int position, int[] at, Scores out) {
        IValue list = cache.withRoom(position + width, program);
        try (NDManager scope = program.manager().newSubManager();
                IValue tokens = tensor(scope.create(Batches.longs(ids), new Shape(rows.length, width)));
                IValue places = tensor(scope.create(Batches.longs(rows)));
                IValue row = IValue.from((long) firstOfRun(rows, rows.length));
                IValue start = IValue.from((long) position);
                IValue chosen = tensor(scope.create(Batches.longs(at)));
                IValue top = IValue.from((long) out.topK());
                IValue full = IValue.from(out.wantsLogits());
                IValue hidden = IValue.from(out.wantsHidden());
                IValue result = program.call(
                        "extend", weights, packed, list, tokens, places, row, start, chosen, top, full, hidden)) {
            return figures(result, scope);
        }
    }

    @Override
    public void score(TokenBatch batch, Scores out) {
        Batches.check(shape, batch);
        int count = batch.positions().length;
        checkOut(out, count);
        try (NDManager scope = program.manager().newSubManager();
                IValue tokens =
                        tensor(scope.create(Batches.longs(batch.ids()), new Shape(batch.rows(), batch.time())));
                IValue chosen = tensor(scope.create(Batches.longs(batch.positions())));
                IValue top = IValue.from((long) out.topK());
                IValue full = IValue.from(out.wantsLogits());
                IValue hidden = IValue.from(out.wantsHidden());
                IValue result = program.call("score", weights, packed, tokens, chosen, top, full, hidden)) {
            fill(out, figures(result, scope), 0, count);
        }
        out.filled(count);
    }

    /**
     * [N, V] unnormalised logits at the positions of {@code batch}, owned by {@code scope}, for a training step that
     * asks this model as its teacher.
     */
    NDArray logits(TokenBatch batch, NDManager scope) {
        Batches.check(shape, batch);
        try (IValue tokens = tensor(scope.create(Batches.longs(batch.ids()), new Shape(batch.rows(), batch.time())));
                IValue chosen = tensor(scope.create(Batches.longs(batch.positions())));
                IValue result = program.call("logits", weights, packed, tokens, chosen)) {
            return result.toTensor((PtNDManager) scope);
        }
    }

    /** The first row when rows are neighbours in order, so that the cache can be viewed instead of copied; else -1. */
    private static int firstOfRun(int[] rows, int count) {
        for (int i = 1; i < count; i++) {
            if (rows[i] != rows[0] + i) {
                return -1;
            }
        }
        return rows[0];
    }

    private static int[] range(int from, int to) {
        int[] values = new int[to - from];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i;
        }
        return values;
    }

    private static IValue tensor(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    private static float[] figures(IValue result, NDManager scope) {
        return result.toTensor((PtNDManager) scope).toFloatArray();
    }

    /**
     * Copies {@code count} rows of [ids, log-probabilities, entropy, logits, hidden state] to entries {@code first}..
     * of out.
     */
    private void fill(Scores out, float[] figures, int first, int count) {
        int top = out.topK();
        int stride = figures.length / count;
        for (int i = 0; i < count; i++) {
            int from = i * stride;
            int entry = first + i;
            for (int j = 0; j < top; j++) {
                out.topIds[entry * top + j] = (int) figures[from + j];
            }
            out.argmax[entry] = out.topIds[entry * top];
            System.arraycopy(figures, from + top, out.topLogProbabilities, entry * top, top);
            out.entropy[entry] = Math.max(0, figures[from + 2 * top]);
            if (out.wantsLogits()) {
                int vocabulary = shape.vocabulary();
                System.arraycopy(figures, from + 2 * top + 1, out.logits, entry * vocabulary, vocabulary);
            }
            if (out.wantsHidden()) {
                int width = shape.width();
                System.arraycopy(figures, from + stride - width, out.hidden, entry * width, width);
            }
        }
    }

    private void checkOut(Scores out, int count) {
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

    private void checkRoom(int row, int length, int more) {
        if (length + more > shape.context()) {
            throw new IllegalArgumentException("Row " + row + " holds " + length + " tokens and gets " + more
                    + ", expected at most " + shape.context() + " in all; stop or truncate it first.");
        }
    }

    /** The implementation behind a model of this engine. */
    static LibtorchModel own(LanguageModel model) {
        if (model instanceof LibtorchModel own) {
            return own;
        }
        throw new IllegalArgumentException("[BUG] a model of " + model.getClass() + " was opened by another engine");
    }

    private static LibtorchCache own(KvCache cache) {
        if (cache instanceof LibtorchCache own) {
            return own;
        }
        throw new IllegalArgumentException("[BUG] a cache of " + cache.getClass() + " was made by another engine");
    }

    @Override
    public void close() {
        packed.close();
        weights.close();
        program.close();
    }
}
