package dev.understudy.lm.train;

import java.nio.file.Path;

/**
 * A trainer of an adapter: the model's own weights never change. {@link #saveModel} writes the model with the adapter
 * merged into it; {@link #saveState} writes the adapter and the place of the model it belongs to.
 */
public interface AdapterTrainer extends Trainer {
    Lora lora();

    /** Writes the adapter as PEFT does: {@code adapter_config.json} and {@code adapter_model.safetensors} in fp32. */
    void saveAdapter(Path directory);
}
