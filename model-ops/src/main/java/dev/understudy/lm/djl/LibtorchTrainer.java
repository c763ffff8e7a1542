package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.Hyper;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.StepReport;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenLoss;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.TrainingBatch;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains every weight of a model. Settings that change from step to step are attributes of the program, set when they
 * change.
 *
 * <p>AdamW after Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (ICLR 2019), algorithm 2, with epsilon
 * 1e-8; gradients are clipped by their global norm (Pascanu et al., ICML 2013, algorithm 1).
 */
final class LibtorchTrainer implements Trainer {
    private final ModelConfig config;
    private final @Nullable Path source;
    private final TorchProgram program;
    private final LlamaWeights weights;
    private final OptimizerState state;
    private final TrainingInputs inputs;
    private @Nullable Hyper currentHyper;
    private @Nullable TokenLoss currentLoss;

    /**
     * @param values one array for each block of the layout
     * @param source directory whose tokenizer files go along when the model is saved, or null
     * @param saved directory with the moments of an earlier run, or null for fresh ones
     */
    private LibtorchTrainer(ModelConfig config, List<float[]> values, @Nullable Path source, @Nullable Path saved) {
        this.config = config;
        this.source = source;
        program = new TorchProgram(config.shape());
        try {
            weights = new LlamaWeights(config.shape(), values, program.manager());
            state = saved == null
                    ? OptimizerState.fresh(program, weights.arrays())
                    : OptimizerState.resume(program, weights.arrays(), saved);
            inputs = new TrainingInputs(config.shape());
            try (IValue w = TorchProgram.list(weights.programOrder())) {
                program.call("set_weights", w).close();
            }
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Starts with fresh moments. */
    static LibtorchTrainer fresh(ModelConfig config, List<float[]> values, @Nullable Path source) {
        return new LibtorchTrainer(config, values, source, null);
    }

    /** Continues from what {@link #saveState} wrote. */
    static LibtorchTrainer resume(Path directory) {
        ModelDirectory model = new ModelDirectory(directory);
        return new LibtorchTrainer(model.config(), LlamaWeights.read(model, tensor -> {}), directory, directory);
    }

    @Override
    public ModelShape shape() {
        return config.shape();
    }

    @Override
    public long steps() {
        return state.steps();
    }

    @Override
    public StepReport step(List<TrainingBatch> parts, TokenLoss loss, Hyper hyper) {
        double weightSum = inputs.check(parts, loss);
        apply(hyper);
        float[] figures = parts.size() == 1
                ? run("train_step", parts.get(0), loss, weightSum)
                : accumulate(parts, loss, weightSum);
        if (!Float.isFinite(figures[0]) || !Float.isFinite(figures[1])) {
            throw new IllegalStateException(
                    "Training step " + (steps() + 1) + " has loss " + figures[0] + " and gradient norm " + figures[1]
                            + ", expected finite values; the weights are unchanged. Lower the learning rate or drop the batch.");
        }
        state.stepped();
        return new StepReport(figures[0], figures[1]);
    }

    private float[] accumulate(List<TrainingBatch> parts, TokenLoss loss, double weightSum) {
        program.call("begin").close();
        for (TrainingBatch part : parts) {
            run("train_part", part, loss, weightSum);
        }
        try (NDManager scope = program.manager().newSubManager()) {
            return program.callWithGradients("train_update", scope)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private float[] run(String method, TrainingBatch part, TokenLoss loss, double weightSum) {
        TokenLoss own = TrainingInputs.loss(part.targets(), loss);
        apply(own);
        try (NDManager scope = program.manager().newSubManager()) {
            NDArray[] arrays = inputs.arrays(part, own, weightSum, scope);
            return program.callWithGradients(method, scope, arrays)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private void apply(Hyper hyper) {
        if (hyper.equals(currentHyper)) {
            return;
        }
        try (IValue rate = IValue.from(hyper.learningRate());
                IValue decay = IValue.from(hyper.weightDecay());
                IValue gainDecay = IValue.from(hyper.gainDecay());
                IValue clip = IValue.from(hyper.clip());
                IValue beta1 = IValue.from(hyper.beta1());
                IValue beta2 = IValue.from(hyper.beta2())) {
            program.call("hyper", rate, decay, gainDecay, clip, beta1, beta2).close();
        }
        currentHyper = hyper;
    }

    private void apply(TokenLoss loss) {
        if (loss.equals(currentLoss)) {
            return;
        }
        TokenLoss.Term teacher = loss.teacher();
        TokenLoss.Term student = loss.student();
        try (IValue terms = IValue.listFrom(
                        teacher.weight(), teacher.teacherShare(), student.weight(), student.teacherShare());
                IValue temperature = IValue.from(loss.temperature())) {
            program.call("set_loss", terms, temperature).close();
        }
        currentLoss = loss;
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
        state.write(directory);
    }

    @Override
    public void close() {
        program.close();
    }
}
