package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.shape.ModelShape;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The weights of one model in native memory: one array for each block of {@link LlamaLayout}, in its order, and the
 * rotary tables. Owned by the manager they were created from.
 */
final class LlamaWeights {
    private final ModelShape shape;
    private final List<LlamaLayout.Block> blocks;
    private final List<NDArray> arrays = new ArrayList<>();
    private final NDArray cos;
    private final NDArray sin;
    private final NDArray none;

    /** @param values one array for each block, in order */
    LlamaWeights(ModelShape shape, List<float[]> values, NDManager manager) {
        this.shape = shape;
        blocks = LlamaLayout.blocks(shape);
        for (int i = 0; i < blocks.size(); i++) {
            arrays.add(own(manager, values.get(i), blocks.get(i).shape()));
        }
        int d = shape.headSize();
        float[] cosines = new float[shape.context() * d];
        float[] sines = new float[shape.context() * d];
        for (int t = 0; t < shape.context(); t++) {
            for (int i = 0; i < d / 2; i++) {
                double angle = t * shape.architecture().rotary().frequency(i, d);
                int first = t * d + i;
                int second = first + d / 2;
                cosines[first] = (float) Math.cos(angle);
                cosines[second] = cosines[first];
                sines[second] = (float) Math.sin(angle);
                sines[first] = -sines[second];
            }
        }
        cos = own(manager, cosines, shape.context(), d);
        sin = own(manager, sines, shape.context(), d);
        none = own(manager, new float[0], 0);
    }

    /**
     * Block values from a directory, read when they are asked for, so that the Java heap holds one block at a time; the
     * sink sees every tensor, for further checks.
     */
    static List<float[]> read(ModelDirectory directory, Consumer<NamedTensor> check) {
        List<LlamaLayout.Block> blocks = LlamaLayout.blocks(directory.config().shape());
        return new AbstractList<>() {
            @Override
            public float[] get(int index) {
                return read(directory, blocks.get(index), check);
            }

            @Override
            public int size() {
                return blocks.size();
            }
        };
    }

    private static float[] read(ModelDirectory directory, LlamaLayout.Block block, Consumer<NamedTensor> check) {
        try {
            List<NamedTensor> tensors = new ArrayList<>();
            for (LlamaLayout.Part part : block.parts()) {
                NamedTensor tensor = directory.tensor(part.name(), part.shape());
                check.accept(tensor);
                tensors.add(tensor);
            }
            return block.join(tensors);
        } catch (OutOfMemoryError e) {
            // the tensors that were read are garbage by now, so the message has room
            long bytes =
                    Float.BYTES * Arrays.stream(block.shape()).asLongStream().reduce(1, (a, b) -> a * b);
            throw new ModelRejectedException(
                    "Cannot read " + block.parts().get(0).name()
                            + " and what lies beside it in memory: found a Java heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MB, needed at least twice the "
                            + (bytes >> 20) + " MB of this block; raise the heap (-Xmx, or UNDERSTUDY_HEAP=4g"
                            + " for ./understudy).",
                    e);
        }
    }

    /** Random block values: see {@link dev.understudy.lm.engine.Engine#initialise}. */
    static List<float[]> random(ModelShape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> values = new ArrayList<>();
        for (LlamaLayout.Block block : LlamaLayout.blocks(shape)) {
            int[] size = block.shape();
            String name = block.parts().get(0).name();
            double deviation = name.contains("embed_tokens") ? 0.1 : 1 / Math.sqrt(size[size.length - 1]);
            if (name.contains("o_proj") || name.contains("down_proj")) {
                // keeps the residual stream's variance independent of depth
                deviation /= Math.sqrt(2.0 * shape.layers());
            }
            float constant = name.endsWith(".bias") ? 0f : 1f;
            float[] weights = new float[size.length == 1 ? size[0] : size[0] * size[1]];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = size.length == 1 ? constant : (float) (deviation * random.nextGaussian());
            }
            values.add(weights);
        }
        return values;
    }

    /** Each parameter once, in block order. */
    List<NDArray> arrays() {
        return arrays;
    }

    List<LlamaLayout.Block> blocks() {
        return blocks;
    }

    /** The list that the program takes; a tied head is the embedding again, and what a layer lacks is empty. */
    List<NDArray> programOrder() {
        Iterator<NDArray> next = arrays.iterator();
        NDArray embedding = next.next();
        List<NDArray> list = new ArrayList<>();
        list.add(embedding);
        list.add(shape.tiedHead() ? embedding : next.next());
        list.add(next.next());
        list.add(cos);
        list.add(sin);
        list.add(none);
        List<Boolean> present =
                LlamaLayout.layer(shape, "").stream().map(Optional::isPresent).toList();
        for (int i = 0; i < shape.layers(); i++) {
            present.forEach(has -> list.add(has ? next.next() : none));
        }
        return list;
    }

    /** A copy as Hugging Face tensors. */
    List<NamedTensor> tensors() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            tensors.addAll(blocks.get(i).split(arrays.get(i).toFloatArray()));
        }
        return tensors;
    }

    /** An array in memory of its own: one made from Java memory would dangle once the Java side is collected. */
    static NDArray own(NDManager manager, float[] values, int... shape) {
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
        }
        try (NDArray view = manager.create(values, new Shape(sizes))) {
            long entered = LibtorchGate.enter();
            try {
                return view.duplicate();
            } finally {
                LibtorchGate.leave(entered);
            }
        }
    }
}
