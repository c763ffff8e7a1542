package dev.understudy.lm.file;

import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.Lora;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One matrix that an adapter changes, and where it lies.
 *
 * @param layer number of the decoder block
 * @param place which of the twelve places of a layer in {@link LlamaLayout#layer} holds it
 * @param module Hugging Face name, for example {@code model.layers.0.self_attn.q_proj}
 * @param firstRow its first row within that place's block
 * @param rows rows, the outputs of the projection
 * @param columns columns, the inputs
 */
public record LoraSlot(int layer, int place, String module, int firstRow, int rows, int columns) {
    /** Every matrix of a model that the adapter changes, by layer, place and row. */
    public static List<LoraSlot> of(ModelShape shape, Lora lora) {
        List<LoraSlot> slots = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            List<Optional<LlamaLayout.Block>> places = LlamaLayout.layer(shape, prefix);
            for (int place = 0; place < places.size(); place++) {
                int row = 0;
                for (LlamaLayout.Part part :
                        places.get(place).map(LlamaLayout.Block::parts).orElse(List.of())) {
                    if (changes(lora, prefix, part)) {
                        String module = part.name().substring(0, part.name().length() - ".weight".length());
                        slots.add(new LoraSlot(layer, place, module, row, part.shape()[0], part.shape()[1]));
                    }
                    row += part.shape()[0];
                }
            }
        }
        return slots;
    }

    private static boolean changes(Lora lora, String prefix, LlamaLayout.Part part) {
        return lora.targets().stream()
                .map(Projection::path)
                .anyMatch(path -> part.name().equals(prefix + path + ".weight"));
    }

    /** Name of the matrix itself. */
    public String weight() {
        return module + ".weight";
    }
}
