package dev.understudy.lm.djl;

import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;

/** Opens models with DJL and libtorch on the CPU. Stateless and thread safe; DJL must be in the parent class loader. */
public final class LibtorchEngine implements Engine {
    @Override
    public LanguageModel open(Path directory, Kernel kernel) {
        throw new UnsupportedOperationException("later");
    }

    @Override
    public Trainer trainer(Path directory) {
        ModelDirectory model = new ModelDirectory(directory);
        return new LibtorchTrainer(model.config(), LlamaWeights.read(model, tensor -> {}), directory);
    }

    @Override
    public Trainer resume(Path stateDirectory) {
        return LibtorchTrainer.resume(stateDirectory);
    }

    @Override
    public Trainer initialise(ModelShape shape, long seed) {
        return new LibtorchTrainer(new ModelConfig(shape, null, null), LlamaWeights.random(shape, seed), null);
    }

    @Override
    public Tokenizer tokenizer(Path directory) {
        throw new UnsupportedOperationException("later");
    }
}
