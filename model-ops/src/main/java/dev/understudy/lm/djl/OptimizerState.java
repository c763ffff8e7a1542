package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsFile;
import dev.understudy.lm.file.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters under training with their AdamW moments and step counts, held by a program as attributes so that a
 * training step carries only its batch. Owned by the program's manager; used by the trainer's thread.
 */
final class OptimizerState {
    private static final String FILE = "optimizer.safetensors";

    private final List<NDArray> parameters;
    private final List<NDArray> first = new ArrayList<>();
    private final List<NDArray> second = new ArrayList<>();
    private final List<NDArray> counts = new ArrayList<>();
    private long steps;

    /**
     * @param parameters each once; matrices decay by one factor, vectors by another
     * @param saved moments of an earlier run, or null for fresh ones
     */
    private OptimizerState(
            TorchProgram program, List<NDArray> parameters, @Nullable SafetensorsFile saved, long steps) {
        this.parameters = List.copyOf(parameters);
        this.steps = steps;
        NDManager manager = program.manager();
        for (int k = 0; k < parameters.size(); k++) {
            NDArray parameter = parameters.get(k);
            int[] shape = sizes(parameter);
            parameter.setRequiresGradient(true);
            // Memory of their own, from the beginning: NDArray.copyTo would point them at a buffer of the Java side.
            first.add(LlamaWeights.own(manager, moment(saved, "first." + k, shape), shape));
            second.add(LlamaWeights.own(manager, moment(saved, "second." + k, shape), shape));
            counts.add(LlamaWeights.own(manager, new float[] {steps}));
        }
        hand(program, "set_matrices", 2);
        hand(program, "set_gains", 1);
    }

    /** No step taken yet. */
    static OptimizerState fresh(TorchProgram program, List<NDArray> parameters) {
        return new OptimizerState(program, parameters, null, 0);
    }

    /**
     * Continues from what {@link #write} wrote.
     *
     * @throws ModelRejectedException when it does not belong to these parameters
     */
    static OptimizerState resume(TorchProgram program, List<NDArray> parameters, Path directory) {
        SafetensorsFile saved = SafetensorsFile.open(directory.resolve(FILE));
        try {
            long steps = Long.parseLong(saved.metadata().getOrDefault("steps", "missing"));
            return new OptimizerState(program, parameters, saved, steps);
        } catch (NumberFormatException e) {
            throw new ModelRejectedException(
                    "Cannot resume " + directory + ": " + FILE
                            + " has no step count, expected the field steps in its metadata; take an earlier state.",
                    e);
        }
    }

    private static float[] moment(@Nullable SafetensorsFile saved, String name, int[] shape) {
        return saved == null
                ? new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]
                : saved.read(name, shape).values();
    }

    /** Gives the program the parameters of {@code axes} dimensions and what belongs to them. */
    private void hand(TorchProgram program, String method, int axes) {
        try (IValue p = select(parameters, axes);
                IValue m = select(first, axes);
                IValue v = select(second, axes);
                IValue t = select(counts, axes)) {
            program.call(method, p, m, v, t).close();
        }
    }

    private IValue select(List<NDArray> arrays, int axes) {
        List<NDArray> selected = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
            if (parameters.get(i).getShape().dimension() == axes) {
                selected.add(arrays.get(i));
            }
        }
        return TorchProgram.list(selected);
    }

    long steps() {
        return steps;
    }

    /** Says that the program has taken a step. */
    void stepped() {
        steps++;
    }

    /** Writes moments and step count into {@code directory}; the parameters are the trainer's to write. */
    void write(Path directory) {
        List<NamedTensor> moments = new ArrayList<>();
        for (int k = 0; k < first.size(); k++) {
            int[] shape = sizes(parameters.get(k));
            moments.add(new NamedTensor("first." + k, shape, first.get(k).toFloatArray()));
            moments.add(new NamedTensor("second." + k, shape, second.get(k).toFloatArray()));
        }
        SafetensorsWriter.write(directory.resolve(FILE), moments, Storage.FP32, Map.of("steps", Long.toString(steps)));
    }

    private static int[] sizes(NDArray array) {
        Shape shape = array.getShape();
        return Arrays.stream(shape.getShape()).mapToInt(Math::toIntExact).toArray();
    }
}
