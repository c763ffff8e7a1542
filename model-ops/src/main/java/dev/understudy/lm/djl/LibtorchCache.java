package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.ModelShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values per layer, each {@code (rows, K, T, D)} in single precision. T starts small and doubles up to the
 * model's context, so that a long context costs memory only when a row is long.
 */
final class LibtorchCache implements KvCache {
    private static final int FIRST_LENGTH = 256;

    private final ModelShape shape;
    private final NDManager manager;
    private final int[] lengths;
    private List<NDArray> arrays = List.of();
    private IValue list;
    private int capacity;

    LibtorchCache(ModelShape shape, int rows, NDManager parent) {
        if (rows < 1) {
            throw new IllegalArgumentException("A cache of " + rows + " rows was asked for, expected at least 1.");
        }
        this.shape = shape;
        manager = parent.newSubManager();
        lengths = new int[rows];
        capacity = Math.min(FIRST_LENGTH, shape.context());
        arrays = allocate();
        list = TorchProgram.list(arrays);
    }

    private List<NDArray> allocate() {
        Shape size = new Shape(lengths.length, shape.keyValueHeads(), capacity, shape.headSize());
        List<NDArray> made = new ArrayList<>();
        for (int i = 0; i < 2 * shape.layers(); i++) {
            made.add(manager.zeros(size, DataType.FLOAT32));
        }
        return made;
    }

    /** The native list, with room for {@code length} tokens a row. */
    IValue withRoom(int length, TorchProgram program) {
        if (length > capacity) {
            while (capacity < length) {
                capacity = Math.min(2 * capacity, shape.context());
            }
            List<NDArray> larger = allocate();
            IValue target = TorchProgram.list(larger);
            program.call("copy_cache", list, target).close();
            list.close();
            arrays.forEach(NDArray::close);
            arrays = larger;
            list = target;
        }
        return list;
    }

    void append(int row, int count) {
        lengths[row] += count;
    }

    @Override
    public int rows() {
        return lengths.length;
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }

    @Override
    public void truncate(int row, int length) {
        if (length < 0 || length > lengths[row]) {
            throw new IllegalArgumentException(
                    "Cannot truncate row " + row + " to " + length + " tokens, it holds " + lengths[row] + ".");
        }
        lengths[row] = length;
    }

    @Override
    public void close() {
        list.close();
        manager.close();
    }
}
