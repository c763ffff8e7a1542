package dev.understudy.lm.file;

import dev.understudy.lm.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Names and shapes of a Llama-family model's tensors, grouped into the blocks that are computed at once: query, key and
 * value rows are one matrix in memory, and so are the gate and up rows. The order is embedding, own head if any, final
 * norm, then six blocks a layer.
 */
public final class LlamaLayout {
    private LlamaLayout() {}

    /** One tensor on disk; {@code shape} as Hugging Face writes it. */
    public record Part(String name, int... shape) {}

    /** Tensors that lie one below the other in memory: equal columns, or one vector. */
    public record Block(List<Part> parts) {
        public Block {
            parts = List.copyOf(parts);
        }

        static Block of(Part... parts) {
            return new Block(List.of(parts));
        }

        /** Shape of the whole block, with the rows of all parts. */
        public int[] shape() {
            int[] shape = parts.get(0).shape().clone();
            shape[0] = parts.stream().mapToInt(part -> part.shape()[0]).sum();
            return shape;
        }

        /** Row-major elements of all parts, one after the other. */
        public float[] join(List<NamedTensor> tensors) {
            float[] joined = new float[NamedTensor.elements(shape())];
            int at = 0;
            for (NamedTensor tensor : tensors) {
                System.arraycopy(tensor.values(), 0, joined, at, tensor.values().length);
                at += tensor.values().length;
            }
            return joined;
        }

        /** The inverse of {@link #join}. */
        public List<NamedTensor> split(float[] joined) {
            List<NamedTensor> tensors = new ArrayList<>();
            int at = 0;
            for (Part part : parts) {
                int end = at + NamedTensor.elements(part.shape());
                tensors.add(new NamedTensor(part.name(), part.shape(), Arrays.copyOfRange(joined, at, end)));
                at = end;
            }
            return tensors;
        }
    }

    /** Every block of a model of this shape, each tensor once. */
    public static List<Block> blocks(ModelShape shape) {
        int d = shape.width();
        int queryRows = shape.heads() * shape.headSize();
        int keyRows = shape.keyValueHeads() * shape.headSize();
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.of(new Part("model.embed_tokens.weight", shape.vocabulary(), d)));
        if (!shape.tiedHead()) {
            blocks.add(Block.of(new Part("lm_head.weight", shape.vocabulary(), d)));
        }
        blocks.add(Block.of(new Part("model.norm.weight", d)));
        for (int i = 0; i < shape.layers(); i++) {
            String layer = "model.layers." + i + ".";
            blocks.add(Block.of(new Part(layer + "input_layernorm.weight", d)));
            blocks.add(Block.of(
                    new Part(layer + "self_attn.q_proj.weight", queryRows, d),
                    new Part(layer + "self_attn.k_proj.weight", keyRows, d),
                    new Part(layer + "self_attn.v_proj.weight", keyRows, d)));
            blocks.add(Block.of(new Part(layer + "self_attn.o_proj.weight", d, queryRows)));
            blocks.add(Block.of(new Part(layer + "post_attention_layernorm.weight", d)));
            blocks.add(Block.of(
                    new Part(layer + "mlp.gate_proj.weight", shape.feedForward(), d),
                    new Part(layer + "mlp.up_proj.weight", shape.feedForward(), d)));
            blocks.add(Block.of(new Part(layer + "mlp.down_proj.weight", d, shape.feedForward())));
        }
        return blocks;
    }
}
