package dev.understudy.lm.djl;

import dev.understudy.lm.AdapterTrainer;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Lora;
import dev.understudy.lm.MachineSpeed;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.file.FloatBits;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Opens models with DJL and libtorch on the CPU. Stateless and thread safe; DJL must be in the parent class loader. */
public final class LibtorchEngine implements Engine {
    @Override
    public LanguageModel open(Path directory, Kernel kernel) {
        ModelDirectory model = new ModelDirectory(directory);
        List<float[]> values = LlamaWeights.read(model, tensor -> {
            if (kernel == Kernel.FP16_PACKED) {
                refuseOverflow(directory, tensor);
            }
        });
        return new LibtorchModel(model.config().shape(), values, kernel, LibtorchModel.Form.LEAN);
    }

    private static void refuseOverflow(Path directory, NamedTensor tensor) {
        for (float value : tensor.values()) {
            if (Math.abs(value) > FloatBits.LARGEST_HALF) {
                throw new ModelRejectedException("Cannot pack " + directory + ": tensor " + tensor.name() + " holds "
                        + value + ", expected at most 65504 in half precision; open it with kernel FP32.");
            }
        }
    }

    @Override
    public Trainer trainer(Path directory) {
        ModelDirectory model = new ModelDirectory(directory);
        return LibtorchTrainer.fresh(model.config(), LlamaWeights.read(model, tensor -> {}), directory);
    }

    @Override
    public Trainer resume(Path stateDirectory) {
        return LibtorchTrainer.resume(stateDirectory);
    }

    @Override
    public AdapterTrainer adapt(Path directory, Lora lora, long seed) {
        return LibtorchAdapterTrainer.fresh(directory, lora, seed);
    }

    @Override
    public AdapterTrainer resumeAdapter(Path stateDirectory) {
        return LibtorchAdapterTrainer.resume(stateDirectory);
    }

    @Override
    public Trainer initialise(ModelShape shape, long seed) {
        return LibtorchTrainer.fresh(new ModelConfig(shape, null, null), LlamaWeights.random(shape, seed), null);
    }

    @Override
    public Tokenizer tokenizer(Path directory) {
        return JsonTokenizer.open(directory);
    }

    @Override
    public MachineSpeed machineSpeed(long bytes) {
        return SpeedProbe.measure(bytes);
    }
}
