package dev.understudy.lm.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor in memory that Java and native code share: what Java writes is seen by the next call, and what a call writes
 * is seen by Java. It is kept while its shape stays the same, so that a decode step makes no tensor and leaves no
 * garbage. Owned by the thread that steps the model; closed with it.
 */
final class CallMemory implements AutoCloseable {
    private final NDManager manager = TorchProgram.newManager(Device.cpu());
    private final DataType type;
    private ByteBuffer bytes = ByteBuffer.allocateDirect(1024).order(ByteOrder.nativeOrder());
    private long[] shape = {};
    private IValue tensor = IValue.from(0L);

    CallMemory(DataType type) {
        this.type = type;
    }

    /** Gives the tensor this shape; what it held may be lost. */
    ByteBuffer shaped(long... wanted) {
        if (!Arrays.equals(shape, wanted)) {
            Shape size = new Shape(wanted);
            int length = Math.toIntExact(size.size() * type.getNumOfBytes());
            tensor.close();
            if (length > bytes.capacity()) {
                int larger = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(length, 2L * bytes.capacity()));
                bytes = ByteBuffer.allocateDirect(larger).order(ByteOrder.nativeOrder());
            }
            bytes.clear().limit(length);
            try (NDArray view = manager.create(bytes, size, type)) {
                tensor = IValue.from((PtNDArray) view);
            }
            shape = wanted.clone();
        }
        return bytes.rewind();
    }

    /** The tensor, valid until the next call of {@link #shaped}. */
    IValue tensor() {
        return tensor;
    }

    @Override
    public void close() {
        tensor.close();
        manager.close();
    }
}
