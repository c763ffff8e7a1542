package dev.understudy.lm.djl;

import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.SafetensorsWriter;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trains every weight of a model. */
final class LibtorchTrainer implements Trainer {
    private final ModelConfig config;
    private final @Nullable Path source;
    private final TorchProgram program;
    private final LlamaWeights weights;
    private final OptimizerState state;
    private final TrainingSteps steps;

    /**
     * @param values one array for each block of the layout
     * @param source directory whose tokenizer files go along when the model is saved, or null
     * @param saved directory with the moments of an earlier run, or null for fresh ones
     */
    private LibtorchTrainer(
            ModelConfig config,
            List<float[]> values,
            @Nullable Path source,
            @Nullable Path saved,
            ComputeDevice device) {
        this.config = config;
        this.source = source;
        program = new TorchProgram(config.shape(), device);
        try {
            weights = new LlamaWeights(config.shape(), values, program.manager());
            state = saved == null
                    ? OptimizerState.fresh(program, weights.arrays())
                    : OptimizerState.resume(program, weights.arrays(), saved);
            steps = new TrainingSteps(program, state, config.shape());
            try (IValue w = TorchProgram.list(weights.programOrder())) {
                program.call("set_weights", w).close();
            }
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Starts with fresh moments. */
    static LibtorchTrainer fresh(
            ModelConfig config, List<float[]> values, @Nullable Path source, ComputeDevice device) {
        return new LibtorchTrainer(config, values, source, null, device);
    }

    /** Continues from what {@link #saveState} wrote. */
    static LibtorchTrainer resume(Path directory, ComputeDevice device) {
        ModelDirectory model = new ModelDirectory(directory);
        return new LibtorchTrainer(
                model.config(), LlamaWeights.read(model, tensor -> {}), directory, directory, device);
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
        return steps.step(parts, loss, hyper);
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
