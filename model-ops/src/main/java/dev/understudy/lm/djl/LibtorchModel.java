package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.feed.CallChecks;
import dev.understudy.lm.feed.Feed;
import dev.understudy.lm.feed.Feeding;
import dev.understudy.lm.shape.ModelShape;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;

/**
 * A decoder whose every call is one native call: ids go in as one array and the finished figures come out as one array,
 * because at these sizes crossing into native code costs as much as a layer.
 */
final class LibtorchModel implements LanguageModel, Feed<LibtorchCache> {
    /** Most tokens of one native call: matrix products are no faster with more. */
    private static final int CHUNK = 256;
    /** Most scores (tokens x heads x positions) of one native call, 16 MiB in each of a few arrays. */
    private static final int SCORES = 1 << 22;

    private final ModelShape shape;
    private final Placement placement;
    private final TorchProgram program;
    private final IValue weights;
    private final IValue packed;
    private final Feeding<LibtorchCache> feeding;
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
        feeding = new Feeding<>(shape, this);
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
        CallChecks.batch(shape, batch);
        try (IValue tokens = tensor(scope.create(Batches.longs(batch.ids()), new Shape(batch.rows(), batch.time())));
                IValue chosen = tensor(scope.create(Batches.longs(batch.positions())));
                IValue result = program.call("logits", weights, packed, tokens, chosen)) {
            return result.toTensor((PtNDManager) scope);
        }
    }

    @Override
    public int chunk(int length) {
        long positions = (long) Math.min(length, shape.context()) + shape.headSize();
        return (int) Math.max(1, Math.min(CHUNK, SCORES / (positions * shape.heads())));
    }

    /** One native call on top of the cache. */
    @Override
    public void feed(LibtorchCache cache, int[] rows, int[] ids, int count, int[] kept, Scores out, int first) {
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
