package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.ComputeDevice;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder whose every call is one native call: ids go in as one array and the finished figures come out as one array,
 * because at these sizes crossing into native code costs as much as a layer.
 */
final class LibtorchModel implements LanguageModel {
    /** Most tokens of one native call: matrix products are no faster with more. */
    private static final int CHUNK = 256;
    /** Most scores (tokens x heads x positions) of one native call, 16 MiB in each of a few arrays. */
    private static final int SCORES = 1 << 22;

    private final ModelShape shape;
    private final Placement placement;
    private final TorchProgram program;
    private final IValue weights;
    private final IValue packed;
    /** Arguments and result of feeding. */
    private final CallMemory places = new CallMemory(DataType.INT64);

    private final CallMemory mask = new CallMemory(DataType.FLOAT32);
    private final CallMemory figures = new CallMemory(DataType.FLOAT32);
    /** Position of each fed token. */
    private int[] positions = new int[CHUNK];

    /** How the program is given its weights: see llama.py. */
    enum Form {
        PLAIN,
        LEAN
    }

    /**
     * Where and how a model computes.
     *
     * @param form lean only on the CPU
     */
    record Placement(ComputeDevice device, Kernel kernel, Form form) {
        /** The program's name for the kernel. */
        String programKernel() {
            return kernel == Kernel.FP16 && form == Form.PLAIN ? "HALF" : kernel.name();
        }
    }

    /** @param values one array for each block of the layout; each is read once */
    LibtorchModel(ModelShape shape, List<float[]> values, Placement placement) {
        this.shape = shape;
        this.placement = placement;
        program = new TorchProgram(shape, placement.device());
        // what the native lists do not hold is freed with this scope
        try (NDManager loading = program.manager().newSubManager();
                IValue plain = TorchProgram.list(new LlamaWeights(shape, values, loading).programOrder());
                IValue lean = IValue.from(placement.form() == Form.LEAN);
                IValue formed = program.call("form", plain, lean);
                IValue name = IValue.from(placement.programKernel())) {
            packed = program.call("pack", formed, name);
            weights = program.call("unpacked", formed, name);
        } catch (RuntimeException e) {
            closeMemory();
            throw e;
        }
    }

    @Override
    public Kernel kernel() {
        return placement.kernel();
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public KvCache newCache(int rows) {
        return new LibtorchCache(shape, rows, program, weights);
    }

    @Override
    public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
        LibtorchCache own = own(cache);
        checkOut(out, count);
        Batches.checkIds(shape, ids, count);
        Batches.checkRows(own, rows, count);
        for (int i = 0; i < count; i++) {
            checkRoom(rows[i], own.length(rows[i]), 1);
        }
        feed(own, rows, ids, count, range(0, count), out, 0);
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
        Batches.checkRows(own, new int[] {row}, 1);
        checkRoom(row, own.length(row), ids.length);
        int firstKept = ids.length - keep;
        for (int start = 0, count; start < ids.length; start += count) {
            count = Math.min(chunk(own.length(row) + CHUNK), ids.length - start);
            int[] rows = new int[count];
            Arrays.fill(rows, row);
            int from = Math.min(count, Math.max(0, firstKept - start));
            int[] block = Arrays.copyOfRange(ids, start, start + count);
            feed(own, rows, block, count, range(from, count), out, Math.max(0, start - firstKept));
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
        for (int i = 0; i < count; i++) {
            if (own.length(rows[i]) != 0 || ids[i].length == 0) {
                throw new IllegalArgumentException("Row " + rows[i] + " holds " + own.length(rows[i])
                        + " tokens and gets " + ids[i].length + "; prefill expects an empty row and a block.");
            }
            Batches.checkIds(shape, ids[i], ids[i].length);
            checkRoom(rows[i], 0, ids[i].length);
        }
        prefillBlocks(own, rows, ids, out);
        out.filled(count);
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
            fill(out, result.toTensor((PtNDManager) scope).toByteBuffer(false).asFloatBuffer(), 0, count);
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

    /** Feeds whole blocks one after the other, as many tokens a call as are allowed. */
    private void prefillBlocks(LibtorchCache cache, int[] rows, int[][] ids, Scores out) {
        int longest = 0;
        int tokens = 0;
        for (int[] block : ids) {
            longest = Math.max(longest, block.length);
            tokens += block.length;
        }
        int most = Math.min(chunk(longest), tokens);
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
                    feed(cache, chunkRows, chunkIds, count, Arrays.copyOf(kept, reported), out, first);
                    first += reported;
                    reported = 0;
                    count = 0;
                }
            }
        }
    }

    /** Most tokens of one call when the longest of their rows is {@code length} tokens long at its end. */
    private int chunk(int length) {
        long positions = (long) Math.min(length, shape.context()) + shape.headSize();
        return (int) Math.max(1, Math.min(CHUNK, SCORES / (positions * shape.heads())));
    }

    /**
     * One native call on top of the cache.
     *
     * @param rows [at least count] row of each token; those of one row in order
     * @param kept tokens whose figures go to entries {@code first}.. of out; may be none
     */
    private void feed(LibtorchCache cache, int[] rows, int[] ids, int count, int[] kept, Scores out, int first) {
        if (positions.length < count) {
            positions = new int[count];
        }
        int longest = 0;
        for (int i = 0; i < count; i++) {
            positions[i] = i > 0 && rows[i] == rows[i - 1] ? positions[i - 1] + 1 : cache.length(rows[i]);
            cache.reserve(rows[i], positions[i] + 1);
            longest = Math.max(longest, positions[i] + 1);
        }
        int pages = cache.pagesFor(longest);
        // a call that reports nothing still needs one position: the program has no path without a head
        int reports = Math.max(1, kept.length);
        fillPlaces(cache, rows, ids, count, kept, reports);
        fillMask(count, pages * shape.headSize());
        int logits = out.wantsLogits() ? shape.vocabulary() : 0;
        int hidden = out.wantsHidden() ? shape.width() : 0;
        FloatBuffer result =
                figures.shaped(reports, 2L * out.topK() + 1 + logits + hidden).asFloatBuffer();
        try (IValue top = IValue.from((long) out.topK());
                IValue full = IValue.from(out.wantsLogits());
                IValue state = IValue.from(out.wantsHidden());
                IValue nothing = program.call(
                        "feed",
                        weights,
                        packed,
                        cache.pool(),
                        cache.places(rows, count, pages),
                        places.tensor(),
                        mask.tensor(),
                        top,
                        full,
                        state,
                        figures.tensor())) {
            fill(out, result, first, kept.length);
        }
        for (int i = 0; i < count; i++) {
            cache.append(rows[i], 1);
        }
    }

    /** Positions, ids, where the elements of keys and values go, and the reported tokens. */
    private void fillPlaces(LibtorchCache cache, int[] rows, int[] ids, int count, int[] kept, int reports) {
        int d = shape.headSize();
        int elements = shape.keyValueHeads() * d;
        LongBuffer to = places.shaped(count * (2L + 2L * elements) + reports).asLongBuffer();
        for (int i = 0; i < count; i++) {
            to.put(i, positions[i]);
            to.put(count + i, ids[i]);
        }
        to.position(2 * count);
        for (int i = 0; i < count; i++) {
            long page = 2L * elements * d * cache.page(rows[i], positions[i]);
            int within = positions[i] % d;
            for (int j = 0; j < elements; j++) {
                to.put(page + (long) j * d + within);
            }
            long values = page + (long) elements * d + (long) within * d;
            for (int j = 0; j < elements; j++) {
                to.put(values + (long) (j / d) * d * d + j % d);
            }
        }
        for (int i = 0; i < reports; i++) {
            to.put(kept.length > 0 ? kept[i] : 0);
        }
    }

    private void fillMask(int count, int width) {
        FloatBuffer to = mask.shaped(count, 1, width).asFloatBuffer();
        int window = shape.architecture().window();
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < width; t++) {
                boolean seen = t <= positions[i] && positions[i] - t < window;
                to.put(seen ? 0 : Float.NEGATIVE_INFINITY);
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

    private static IValue tensor(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    /**
     * Copies {@code count} rows of [ids, log-probabilities, minus entropy, logits, hidden state] to entries
     * {@code first}.. of out.
     */
    private void fill(Scores out, FloatBuffer figures, int first, int count) {
        int top = out.topK();
        int vocabulary = out.wantsLogits() ? shape.vocabulary() : 0;
        int width = out.wantsHidden() ? shape.width() : 0;
        for (int i = 0; i < count; i++) {
            int entry = first + i;
            for (int j = 0; j < top; j++) {
                out.topIds[entry * top + j] = (int) figures.get();
            }
            out.argmax[entry] = out.topIds[entry * top];
            figures.get(out.topLogProbabilities, entry * top, top);
            out.entropy[entry] = Math.max(0, -figures.get());
            figures.get(out.logits, entry * vocabulary, vocabulary);
            figures.get(out.hidden, entry * width, width);
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
        closeMemory();
    }

    private void closeMemory() {
        places.close();
        mask.close();
        figures.close();
        program.close();
    }
}
