package dev.understudy.lm.djl;

import ai.djl.util.cuda.CudaUtils;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.engine.JavaDecoding;
import dev.understudy.lm.engine.MachineSpeed;
import dev.understudy.lm.file.FloatBits;
import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.Trainer;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Opens models with DJL and libtorch. Immutable and thread safe; DJL must be in the parent class loader. */
public final class LibtorchEngine implements Engine {
    private static final Set<Kernel> ON_CPU = EnumSet.of(Kernel.ONEDNN, Kernel.BF16, Kernel.VECTOR);

    private final ComputeDevice device;

    /** On the CPU, as the service loader makes it. */
    public LibtorchEngine() {
        this(ComputeDevice.CPU);
    }

    private LibtorchEngine(ComputeDevice device) {
        this.device = device;
    }

    @Override
    public Engine on(ComputeDevice other) {
        int found = other.isGpu() ? CudaUtils.getGpuCount() : 0;
        if (other.gpu() >= found && other.isGpu()) {
            throw new ModelRejectedException("Cannot compute on " + other + ": found " + found
                    + " GPUs, expected at least " + (other.gpu() + 1)
                    + " with a driver for CUDA 12.4; build with -Pgpu on such a machine, or use --device cpu.");
        }
        return new LibtorchEngine(other);
    }

    @Override
    public LanguageModel open(Path directory, Kernel kernel) {
        ModelDirectory model = new ModelDirectory(directory);
        if (device.isGpu() && ON_CPU.contains(kernel)) {
            throw new ModelRejectedException("Cannot open " + directory + " on " + device + ": kernel "
                    + kernel.name().toLowerCase(Locale.ROOT)
                    + " is for the CPU, expected fp32, fp16 or auto; choose one of them.");
        }
        if (kernel != Kernel.AUTO) {
            return open(model, directory, kernel);
        }
        ModelShape shape = model.config().shape();
        return new KernelChoice(device, candidates(shape)).open(shape, candidate -> open(model, directory, candidate));
    }

    @Override
    public LanguageModel openReader(Path directory, Kernel kernel) {
        if (kernel == Kernel.VECTOR) {
            throw new ModelRejectedException("Cannot open " + directory + " as a teacher in training: kernel vector"
                    + " decodes, expected onednn, bf16, fp32, fp16 or auto; choose one of them.");
        }
        if (kernel != Kernel.AUTO) {
            return open(directory, kernel);
        }
        return device.isGpu()
                ? open(directory, Kernel.FP32)
                : ReaderChoice.open(candidate -> open(directory, candidate));
    }

    private List<Kernel> candidates(ModelShape shape) {
        if (device.isGpu()) {
            return List.of(Kernel.FP16, Kernel.FP32);
        }
        long weights = LlamaLayout.blocks(shape).stream()
                .mapToLong(block -> Arrays.stream(block.shape()).asLongStream().reduce(1, (a, b) -> a * b))
                .sum();
        return weights > Kernel.LARGE
                ? List.of(Kernel.VECTOR, Kernel.FP16)
                : List.of(Kernel.VECTOR, Kernel.FP16, Kernel.ONEDNN, Kernel.FP32);
    }

    private LanguageModel open(ModelDirectory model, Path directory, Kernel kernel) {
        List<float[]> values = LlamaWeights.read(model, tensor -> {
            if (kernel == Kernel.FP16 || kernel == Kernel.VECTOR) {
                refuseOverflow(directory, tensor);
            }
        });
        if (kernel == Kernel.VECTOR) {
            return openOnHeap(model, directory, values);
        }
        // the lean form is made of operations that pay on the CPU
        LibtorchModel.Form form = device.isGpu() ? LibtorchModel.Form.PLAIN : LibtorchModel.Form.LEAN;
        return new LibtorchModel(model.config().shape(), values, new LibtorchModel.Placement(device, kernel, form));
    }

    private static LanguageModel openOnHeap(ModelDirectory model, Path directory, List<float[]> values) {
        JavaDecoding decoding = JavaDecoding.installed()
                .orElseThrow(() -> new ModelRejectedException("Cannot open " + directory
                        + " with kernel vector: this JVM has no vector module; start it with "
                        + JavaDecoding.OPTION + ", or choose fp16 or auto."));
        try {
            return decoding.open(model.config().shape(), values);
        } catch (OutOfMemoryError e) {
            // what was packed is garbage by now, so the message has room
            throw new ModelRejectedException(
                    "Cannot open " + directory + " with kernel vector: found a Java heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB, expected room for the packed weights; raise the heap, or choose fp16.",
                    e);
        }
    }

    private static void refuseOverflow(Path directory, NamedTensor tensor) {
        for (float value : tensor.values()) {
            if (Math.abs(value) > FloatBits.LARGEST_HALF) {
                throw new ModelRejectedException("Cannot pack " + directory + ": tensor " + tensor.name() + " holds "
                        + value + ", expected at most 65504 in half precision; open it with kernel fp32.");
            }
        }
    }

    @Override
    public Trainer trainer(Path directory) {
        ModelDirectory model = new ModelDirectory(directory);
        return LibtorchTrainer.fresh(model.config(), LlamaWeights.read(model, tensor -> {}), directory, device);
    }

    @Override
    public Trainer resume(Path stateDirectory) {
        return LibtorchTrainer.resume(stateDirectory, device);
    }

    @Override
    public AdapterTrainer adapt(Path directory, Lora lora, long seed) {
        return LibtorchAdapterTrainer.fresh(directory, lora, seed, device);
    }

    @Override
    public AdapterTrainer resumeAdapter(Path stateDirectory) {
        return LibtorchAdapterTrainer.resume(stateDirectory, device);
    }

    @Override
    public Trainer initialise(ModelShape shape, long seed) {
        return LibtorchTrainer.fresh(
                new ModelConfig(shape, null, null), LlamaWeights.random(shape, seed), null, device);
    }

    @Override
    public Tokenizer tokenizer(Path directory) {
        return JsonTokenizer.open(directory);
    }

    @Override
    public MachineSpeed machineSpeed(long bytes) {
        return SpeedProbe.measure(bytes, device);
    }

    @Override
    public void standStill(Duration longest) throws InterruptedException {
        LibtorchGate.shut(longest);
    }
}
