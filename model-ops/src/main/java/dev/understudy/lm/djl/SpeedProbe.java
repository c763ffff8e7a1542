package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.JavaDecoding;
import dev.understudy.lm.engine.MachineSpeed;

/**
 * Measures the two limits of one engine thread: reading memory and multiplying matrices. A number is taken of each
 * result, because a GPU works on behind the call.
 */
final class SpeedProbe {
    private static final int SIDE = 512;
    private static final int TRIALS = 7;
    private static final long SMALLEST = 1 << 20;
    private static final long LARGEST = 1L << 29;

    private SpeedProbe() {}

    static MachineSpeed measure(long bytes, ComputeDevice device) {
        int floats = (int) (Math.min(LARGEST, Math.max(SMALLEST, bytes)) / Float.BYTES);
        try (NDManager manager = TorchProgram.newManager(TorchProgram.device(device))) {
            TorchProgram.prepareThread();
            NDArray block = manager.ones(new Shape(floats));
            NDArray square = manager.ones(new Shape(SIDE, SIDE));
            double read = best(() -> finish(block.sum()));
            double ofHeap = device.isGpu() ? 0 : ofHeap(floats * Float.BYTES);
            double product = best(() -> finish(square.matMul(square)));
            return new MachineSpeed(
                    Math.max(ofHeap, (double) floats * Float.BYTES / read), 2.0 * SIDE * SIDE * SIDE / product);
        }
    }

    /** A kernel of the JVM reads the heap, whose pages may be larger than those of native memory. */
    private static double ofHeap(int bytes) {
        try {
            return JavaDecoding.installed()
                    .map(decoding -> decoding.readSpeed(bytes))
                    .orElse(0.0);
        } catch (OutOfMemoryError e) {
            // no kernel of the JVM reads a block that has no room there
            return 0;
        }
    }

    private static void finish(NDArray result) {
        try (result;
                NDArray first = result.getShape().dimension() == 0 ? result : result.get(0, 0)) {
            first.getFloat();
        }
    }

    /** Seconds of the fastest of several trials: a limit is what the machine can do, not what it does on average. */
    private static double best(Runnable work) {
        work.run();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < TRIALS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }
}
