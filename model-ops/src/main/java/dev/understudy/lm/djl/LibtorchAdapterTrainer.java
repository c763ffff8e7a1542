package dev.understudy.lm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.file.LoraDirectory;
import dev.understudy.lm.file.LoraMerge;
import dev.understudy.lm.file.LoraSlot;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Trains A and B of every slot of an adapter. The program adds B A to the frozen weights at the start of each step, so
 * what is trained is exactly what a merged model computes.
 */
final class LibtorchAdapterTrainer implements AdapterTrainer {
    private static final String CHECKSUM = "base.crc32c";
    private static final int PLACES_BEFORE_LAYERS = 6;
    private static final int PLACES_OF_A_LAYER = 12;

    private final Path base;
    private final Lora lora;
    private final ModelShape shape;
    private final List<LoraSlot> slots;
    private final TorchProgram program;
    private final List<NDArray> down = new ArrayList<>();
    private final List<NDArray> up = new ArrayList<>();
    private final OptimizerState state;
    private final TrainingSteps steps;

    private LibtorchAdapterTrainer(Path base, Lora lora, Initial initial, @Nullable Path saved, ComputeDevice device) {
        this.base = base;
        this.lora = lora;
        ModelDirectory model = new ModelDirectory(base);
        shape = model.config().shape();
        slots = LoraSlot.of(shape, lora);
        List<float[]> values = LlamaWeights.read(model, tensor -> {});
        program = new TorchProgram(shape, device);
        try {
            LlamaWeights weights = new LlamaWeights(shape, values, program.manager());
            List<NDArray> parameters = new ArrayList<>();
            for (LoraSlot slot : slots) {
                NDArray a = LlamaWeights.own(program.manager(), initial.down(slot), lora.rank(), slot.columns());
                NDArray b = LlamaWeights.own(program.manager(), initial.up(slot), slot.rows(), lora.rank());
                down.add(a);
                up.add(b);
                parameters.add(a);
                parameters.add(b);
            }
            state = saved == null
                    ? OptimizerState.fresh(program, parameters)
                    : OptimizerState.resume(program, parameters, saved);
            steps = new TrainingSteps(program, state, shape);
            hand(weights);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** First values of A and B. */
    private interface Initial {
        float[] down(LoraSlot slot);

        float[] up(LoraSlot slot);
    }

    /** A uniform in +-1/sqrt(in), B zero: the first step starts from the model itself. */
    private record Fresh(Lora lora, SplittableRandom random) implements Initial {
        @Override
        public float[] down(LoraSlot slot) {
            double bound = 1 / Math.sqrt(slot.columns());
            float[] values = new float[lora.rank() * slot.columns()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-bound, bound);
            }
            return values;
        }

        @Override
        public float[] up(LoraSlot slot) {
            return new float[slot.rows() * lora.rank()];
        }
    }

    /** What was saved. */
    private record Stored(LoraDirectory adapter) implements Initial {
        @Override
        public float[] down(LoraSlot slot) {
            return adapter.down(slot).values();
        }

        @Override
        public float[] up(LoraSlot slot) {
            return adapter.up(slot).values();
        }
    }

    static LibtorchAdapterTrainer fresh(Path base, Lora lora, long seed, ComputeDevice device) {
        return new LibtorchAdapterTrainer(base, lora, new Fresh(lora, new SplittableRandom(seed)), null, device);
    }

    /** Continues from what {@link #saveState} wrote. */
    static LibtorchAdapterTrainer resume(Path directory, ComputeDevice device) {
        LoraDirectory adapter = LoraDirectory.open(directory);
        Path base = Path.of(adapter.base());
        String expected = adapter.notes().getOrDefault(CHECKSUM, "none");
        String found = ModelDirectory.checksum(base);
        if (!found.equals(expected)) {
            throw new ModelRejectedException("Cannot resume " + directory + ": the weights of its model " + base
                    + " have checksum " + found + ", expected " + expected
                    + "; put the model back that the adapter was begun on, or begin again.");
        }
        return new LibtorchAdapterTrainer(base, adapter.lora(), new Stored(adapter), directory, device);
    }

    private void hand(LlamaWeights weights) {
        long[] places = new long[3 * slots.size()];
        for (int i = 0; i < slots.size(); i++) {
            LoraSlot slot = slots.get(i);
            places[3 * i] = PLACES_BEFORE_LAYERS + (long) PLACES_OF_A_LAYER * slot.layer() + slot.place();
            places[3 * i + 1] = slot.firstRow();
            places[3 * i + 2] = slot.rows();
        }
        try (IValue w = TorchProgram.list(weights.programOrder());
                IValue a = TorchProgram.list(down);
                IValue b = TorchProgram.list(up);
                IValue at = IValue.listFrom(places);
                IValue scale = IValue.from(lora.scale())) {
            program.call("set_weights", w).close();
            program.call("set_adapters", a, b, at, scale).close();
        }
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public Lora lora() {
        return lora;
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
    public void saveAdapter(Path directory) {
        write(directory, Map.of());
    }

    @Override
    public void saveModel(Path directory, Storage storage) {
        Path adapter = directory.resolve("adapter.tmp");
        saveAdapter(adapter);
        LoraMerge.write(base, adapter, directory, storage);
        try {
            for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.delete(adapter.resolve(name));
            }
            Files.delete(adapter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void saveState(Path directory) {
        write(directory, Map.of(CHECKSUM, ModelDirectory.checksum(base)));
        state.write(directory);
    }

    private void write(Path directory, Map<String, String> notes) {
        LoraDirectory.write(
                directory,
                lora,
                base.toAbsolutePath().toString(),
                slots,
                down.stream().map(NDArray::toFloatArray).toList(),
                up.stream().map(NDArray::toFloatArray).toList(),
                notes);
    }

    @Override
    public void close() {
        program.close();
    }
}
