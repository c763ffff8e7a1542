package dev.understudy.lm.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.shape.ModelShape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The compiled program {@code llama.py} for one model, and the root of that model's native memory: whatever is created
 * from {@link #manager} is freed by {@link #close}. Confined to one thread at a time.
 */
final class TorchProgram implements AutoCloseable {
    /**
     * Two native settings belong to a thread: one OpenMP thread, because spinning barriers cost more than they give at
     * these sizes, and no graph optimiser, which costs warm-up and loses gradients of some calls.
     */
    private static final ThreadLocal<Boolean> PREPARED = new ThreadLocal<>();

    private final NDManager manager;
    private final PtSymbolBlock block;

    TorchProgram(ModelShape shape, ComputeDevice device) {
        manager = newManager(device(device));
        prepareThread();
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("training", false);
        attributes.put("H", (long) shape.heads());
        attributes.put("K", (long) shape.keyValueHeads());
        attributes.put("D", (long) shape.headSize());
        attributes.put("eps", shape.normEpsilon());
        int window = shape.architecture().window();
        attributes.put("window", window < shape.context() ? (long) window : 0L);
        for (String list :
                new String[] {"W", "P2", "M2", "V2", "T2", "P1", "M1", "V1", "T1", "G2", "G1", "losses", "LA", "LB"}) {
            attributes.put(list, TorchArchive.TENSOR_LIST);
        }
        attributes.put("terms", TorchArchive.FLOAT_LIST);
        attributes.put("places", TorchArchive.INT_LIST);
        for (String number : new String[] {"scale", "tau", "lr", "wd", "wd1", "clip", "beta1", "beta2"}) {
            attributes.put(number, 0.0);
        }
        try (InputStream text = TorchProgram.class.getResourceAsStream("llama.py")) {
            if (text == null) {
                throw new IllegalStateException("[BUG] resource llama.py is not beside " + TorchProgram.class);
            }
            String source = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            byte[] archive = TorchArchive.of("Llama", source, attributes);
            block = load((PtNDManager) manager, archive);
        } catch (IOException e) {
            manager.close();
            throw new UncheckedIOException(e);
        }
    }

    private static PtSymbolBlock load(PtNDManager manager, byte[] archive) throws IOException {
        long entered = LibtorchGate.enter();
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);
        } finally {
            LibtorchGate.leave(entered);
        }
    }

    /** A root of native memory; the first one of a process loads libtorch. */
    static NDManager newManager(Device device) {
        long entered = LibtorchGate.enter();
        try {
            return NDManager.newBaseManager(device, "PyTorch");
        } finally {
            LibtorchGate.leave(entered);
        }
    }

    static Device device(ComputeDevice device) {
        return device.isGpu() ? Device.gpu(device.gpu()) : Device.cpu();
    }

    /** Owner of everything that lives as long as the model. */
    NDManager manager() {
        return manager;
    }

    /** Calls a method without gradients; the caller closes the result. */
    IValue call(String method, IValue... arguments) {
        prepareThread();
        long entered = LibtorchGate.enter();
        try {
            return IValueUtils.runMethod(block, method, arguments);
        } finally {
            LibtorchGate.leave(entered);
        }
    }

    /** Calls a method with gradients enabled; {@code scope} owns the arguments and gets the results. */
    NDList callWithGradients(String method, NDManager scope, NDArray... arguments) {
        prepareThread();
        NDList inputs = new NDList(arguments);
        NDArray name = scope.create(0f);
        name.setName("module_method:" + method);
        inputs.add(name);
        // gradient mode belongs to the thread, and it differs between the first thread and later ones
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        long entered = LibtorchGate.enter();
        try {
            return IValueUtils.forward(block, inputs, true);
        } finally {
            LibtorchGate.leave(entered);
            JniUtils.setGradMode(before);
        }
    }

    static void prepareThread() {
        if (PREPARED.get() == null) {
            JniUtils.setNumThreads(1);
            JniUtils.setGraphExecutorOptimize(false);
            PREPARED.set(true);
        }
    }

    static IValue list(List<NDArray> arrays) {
        return IValue.listFrom(arrays.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    }

    @Override
    public void close() {
        manager.close();
    }
}
