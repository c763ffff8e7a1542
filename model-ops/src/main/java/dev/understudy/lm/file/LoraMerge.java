package dev.understudy.lm.file;

import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Lora;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds an adapter to the weights of its model: W + alpha / rank B A, summed in double precision. */
public final class LoraMerge {
    private LoraMerge() {}

    /**
     * Writes a model directory that gives what the model gives with the adapter.
     *
     * @throws dev.understudy.lm.ModelRejectedException when one of them cannot be read or they do not fit together
     */
    public static void write(Path base, Path adapter, Path target, Storage storage) {
        ModelDirectory model = new ModelDirectory(base);
        LoraDirectory changes = LoraDirectory.open(adapter);
        ModelShape shape = model.config().shape();
        Map<String, LoraSlot> slots = new HashMap<>();
        LoraSlot.of(shape, changes.lora()).forEach(slot -> slots.put(slot.weight(), slot));
        List<NamedTensor> tensors = new ArrayList<>();
        for (LlamaLayout.Block block : LlamaLayout.blocks(shape)) {
            for (LlamaLayout.Part part : block.parts()) {
                NamedTensor tensor = model.tensor(part.name(), part.shape());
                LoraSlot slot = slots.get(part.name());
                if (slot != null) {
                    add(
                            changes.lora(),
                            slot,
                            changes.down(slot).values(),
                            changes.up(slot).values(),
                            tensor.values());
                }
                tensors.add(tensor);
            }
        }
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ModelDirectory.copyCompanions(base, target);
        model.config().write(target, storage);
        SafetensorsWriter.write(target.resolve("model.safetensors"), tensors, storage, Map.of());
    }

    /**
     * Adds the change of one matrix.
     *
     * @param down A (rank, in)
     * @param up B (out, rank)
     * @param weight W (out, in), changed
     */
    public static void add(Lora lora, LoraSlot slot, float[] down, float[] up, float[] weight) {
        int rank = lora.rank();
        double[] row = new double[slot.columns()];
        for (int out = 0; out < slot.rows(); out++) {
            Arrays.fill(row, 0);
            for (int k = 0; k < rank; k++) {
                double factor = lora.scale() * up[out * rank + k];
                for (int in = 0; in < row.length; in++) {
                    row[in] += factor * down[k * row.length + in];
                }
            }
            for (int in = 0; in < row.length; in++) {
                weight[out * row.length + in] += (float) row[in];
            }
        }
    }
}
