package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.Hyper;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.StepReport;
import dev.understudy.lm.Storage;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.TrainingBatch;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsFile;
import dev.understudy.lm.file.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights, moments and step counts as attributes of one program, so that a training step carries only its batch.
 *
 * <p>AdamW after Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (ICLR 2019), algorithm 2, with epsilon
 * 1e-8 and decay on matrices only; gradients are clipped by their global norm (Pascanu et al., ICML 2013, algorithm 1).
 */
final class LibtorchTrainer implements Trainer {
    /** Teacher mass outside the stored ids below which the tail term is dropped. */
    private static final double SMALLEST_TAIL = 1e-8;

    /** Stored teacher mass above one beyond this is an error, not rounding. */
    private static final double MASS_SLACK = 1e-3;

    private static final String MOMENTS_FILE = "optimizer.safetensors";

    private final ModelConfig config;
    private final @Nullable Path source;
    private final TorchProgram program;
    private final LlamaWeights weights;
    /** Moments and step counts, one entry a block. */
    private final List<NDArray> first = new ArrayList<>();

    private final List<NDArray> second = new ArrayList<>();
    private final List<NDArray> counts = new ArrayList<>();
    private @Nullable Hyper current;
    private long steps;

    /**
     * Starts with fresh moments.
     *
     * @param values one array for each block of the layout
     * @param source directory whose tokenizer files go along when the model is saved, or null
     */
    LibtorchTrainer(ModelConfig config, List<float[]> values, @Nullable Path source) {
        this.config = config;
        this.source = source;
        program = new TorchProgram(config.shape());
        NDManager manager = program.manager();
        weights = new LlamaWeights(config.shape(), values, manager);
        for (int i = 0; i < values.size(); i++) {
            int[] shape = weights.blocks().get(i).shape();
            weights.arrays().get(i).setRequiresGradient(true);
            first.add(LlamaWeights.own(manager, new float[values.get(i).length], shape));
            second.add(LlamaWeights.own(manager, new float[values.get(i).length], shape));
            counts.add(LlamaWeights.own(manager, new float[1]));
        }
        try (IValue w = TorchProgram.list(weights.programOrder())) {
            program.call("set_weights", w).close();
        }
        hand("set_matrices", 2);
        hand("set_gains", 1);
    }

    /** Gives the program the parameters of {@code axes} dimensions and what belongs to them. */
    private void hand(String method, int axes) {
        try (IValue p = select(weights.arrays(), axes);
                IValue m = select(first, axes);
                IValue v = select(second, axes);
                IValue t = select(counts, axes)) {
            program.call(method, p, m, v, t).close();
        }
    }

    private IValue select(List<NDArray> arrays, int axes) {
        List<NDArray> selected = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
            if (weights.blocks().get(i).shape().length == axes) {
                selected.add(arrays.get(i));
            }
        }
        return TorchProgram.list(selected);
    }

    /** Continues from what {@link #saveState} wrote. */
    static LibtorchTrainer resume(Path directory) {
        ModelDirectory model = new ModelDirectory(directory);
        SafetensorsFile state = SafetensorsFile.open(directory.resolve(MOMENTS_FILE));
        LibtorchTrainer trainer =
                new LibtorchTrainer(model.config(), LlamaWeights.read(model, tensor -> {}), directory);
        try {
            trainer.restore(state, directory);
        } catch (RuntimeException e) {
            trainer.close();
            throw e;
        }
        return trainer;
    }

    private void restore(SafetensorsFile state, Path directory) {
        try {
            steps = Long.parseLong(state.metadata().getOrDefault("steps", "missing"));
        } catch (NumberFormatException e) {
            throw new ModelRejectedException(
                    "Cannot resume " + directory + ": " + MOMENTS_FILE
                            + " has no step count, expected the field steps in "
                            + "its metadata; take an earlier state.",
                    e);
        }
        for (int k = 0; k < first.size(); k++) {
            int[] shape = weights.blocks().get(k).shape();
            overwrite(first.get(k), state.read("first." + k, shape));
            overwrite(second.get(k), state.read("second." + k, shape));
            overwrite(counts.get(k), new NamedTensor("count", new int[] {}, new float[] {steps}));
        }
    }

    /** Copies into the array's own memory: {@code set} would let it point at Java memory. */
    private void overwrite(NDArray target, NamedTensor tensor) {
        try (NDArray values = program.manager().create(tensor.values(), target.getShape())) {
            values.copyTo(target);
        }
    }

    @Override
    public ModelShape shape() {
        return config.shape();
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public StepReport step(TrainingBatch batch, Hyper hyper) {
        Batches.check(config.shape(), batch.tokens());
        int n = batch.tokens().positions().length;
        int k = batch.topK();
        float[] tail = tails(batch);
        float[] shares = shares(batch.weights());
        apply(hyper);
        try (NDManager scope = program.manager().newSubManager()) {
            NDList result = program.callWithGradients(
                    "train_step",
                    scope.create(
                            Batches.longs(batch.tokens().ids()),
                            new Shape(batch.tokens().rows(), batch.tokens().time())),
                    scope.create(Batches.longs(batch.tokens().positions())),
                    scope.create(Batches.longs(batch.topIds()), new Shape(n, k)),
                    scope.create(batch.topLogProbabilities(), new Shape(n, k)),
                    scope.create(tail, new Shape(tail.length)),
                    scope.create(shares));
            float[] figures = result.singletonOrThrow().toFloatArray();
            if (!Float.isFinite(figures[0]) || !Float.isFinite(figures[1])) {
                throw new IllegalStateException(
                        "Training step " + (steps + 1) + " has loss " + figures[0]
                                + " and gradient norm " + figures[1]
                                + ", expected finite values; the weights are unchanged. Lower the learning rate or drop the batch.");
            }
            steps++;
            return new StepReport(figures[0], figures[1]);
        }
    }

    /** Weights scaled to sum 1, so that the loss is their weighted mean. */
    private static float[] shares(float[] weights) {
        double sum = 0;
        for (float weight : weights) {
            if (!(weight >= 0)) {
                throw new IllegalArgumentException(
                        "Training batch has weight " + weight + ", expected at least 0; correct the signal.");
            }
            sum += weight;
        }
        if (!(sum > 0) || Double.isInfinite(sum)) {
            throw new IllegalArgumentException(
                    "Training batch has weights of sum " + sum + ", expected above 0; leave such a batch out.");
        }
        float[] shares = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            shares[i] = (float) (weights[i] / sum);
        }
        return shares;
    }

    /** [N] teacher mass outside the stored ids; empty when it can be dropped at every position. */
    private float[] tails(TrainingBatch batch) {
        int k = batch.topK();
        int vocabulary = config.shape().vocabulary();
        float[] tails = new float[batch.weights().length];
        boolean any = false;
        for (int i = 0; i < tails.length; i++) {
            double mass = 0;
            for (int j = i * k; j < (i + 1) * k; j++) {
                if (batch.topIds()[j] < 0 || batch.topIds()[j] >= vocabulary) {
                    throw new IllegalArgumentException("Training batch has teacher id " + batch.topIds()[j]
                            + ", expected one below " + vocabulary + "; both models must share a vocabulary.");
                }
                mass += Math.exp(batch.topLogProbabilities()[j]);
            }
            if (!(mass <= 1 + MASS_SLACK)) {
                throw new IllegalArgumentException("Training batch stores teacher mass " + mass
                        + " at one position, expected at most 1; drop the record.");
            }
            double tail = k == vocabulary ? 0 : Math.max(0, 1 - mass);
            tails[i] = tail < SMALLEST_TAIL ? 0f : (float) tail;
            any |= tails[i] > 0;
        }
        return any ? tails : new float[0];
    }

    private void apply(Hyper hyper) {
        if (hyper.equals(current)) {
            return;
        }
        try (IValue rate = IValue.from(hyper.learningRate());
                IValue decay = IValue.from(hyper.weightDecay());
                IValue clip = IValue.from(hyper.clip());
                IValue beta1 = IValue.from(hyper.beta1());
                IValue beta2 = IValue.from(hyper.beta2())) {
            program.call("hyper", rate, decay, clip, beta1, beta2).close();
        }
        current = hyper;
    }

    @Override
    public void saveModel(Path directory, Storage storage) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (source != null && !source.equals(directory)) {
            ModelDirectory.copyCompanions(source, directory);
        }
        config.write(directory, storage);
        SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.tensors(), storage, Map.of());
    }

    @Override
    public void saveState(Path directory) {
        saveModel(directory, Storage.FP32);
        List<NamedTensor> moments = new ArrayList<>();
        for (int k = 0; k < first.size(); k++) {
            int[] shape = weights.blocks().get(k).shape();
            moments.add(new NamedTensor("first." + k, shape, first.get(k).toFloatArray()));
            moments.add(new NamedTensor("second." + k, shape, second.get(k).toFloatArray()));
        }
        SafetensorsWriter.write(
                directory.resolve(MOMENTS_FILE), moments, Storage.FP32, Map.of("steps", Long.toString(steps)));
    }

    @Override
    public void close() {
        program.close();
    }
}
