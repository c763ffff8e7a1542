package dev.understudy.lm.file;

import dev.understudy.lm.shape.Biases;
import dev.understudy.lm.shape.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Names and shapes of a Llama-family model's tensors, grouped into the blocks that are computed at once: query, key and
 * value rows are one matrix in memory, and so are the gate and up rows. The order is embedding, own head if any, final
 * norm, then what each layer has of its twelve places.
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
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.of(new Part("model.embed_tokens.weight", shape.vocabulary(), shape.width())));
        if (!shape.tiedHead()) {
            blocks.add(Block.of(new Part("lm_head.weight", shape.vocabulary(), shape.width())));
        }
        blocks.add(Block.of(new Part("model.norm.weight", shape.width())));
        for (int i = 0; i < shape.layers(); i++) {
            layer(shape, "model.layers." + i + ".").stream()
                    .flatMap(Optional::stream)
                    .forEach(blocks::add);
        }
        return blocks;
    }

    /**
     * The twelve places of one layer in the order of the program, empty where this architecture has nothing: input
     * norm; query, key and value with bias; norms of a query head and of a key head; output with bias; second norm;
     * gate and up with bias; down with bias.
     */
    public static List<Optional<Block>> layer(ModelShape shape, String prefix) {
        int d = shape.width();
        int f = shape.feedForward();
        int queries = shape.heads() * shape.headSize();
        int keys = shape.keyValueHeads() * shape.headSize();
        Biases biases = shape.architecture().biases();
        boolean norms = shape.architecture().family().normsHeads();
        String attention = prefix + "self_attn.";
        String mlp = prefix + "mlp.";
        return List.of(
                Optional.of(Block.of(new Part(prefix + "input_layernorm.weight", d))),
                Optional.of(Block.of(
                        new Part(attention + "q_proj.weight", queries, d),
                        new Part(attention + "k_proj.weight", keys, d),
                        new Part(attention + "v_proj.weight", keys, d))),
                where(
                        biases.queryKeyValue(),
                        new Part(attention + "q_proj.bias", queries),
                        new Part(attention + "k_proj.bias", keys),
                        new Part(attention + "v_proj.bias", keys)),
                where(norms, new Part(attention + "q_norm.weight", shape.headSize())),
                where(norms, new Part(attention + "k_norm.weight", shape.headSize())),
                Optional.of(Block.of(new Part(attention + "o_proj.weight", d, queries))),
                where(biases.output(), new Part(attention + "o_proj.bias", d)),
                Optional.of(Block.of(new Part(prefix + "post_attention_layernorm.weight", d))),
                Optional.of(Block.of(new Part(mlp + "gate_proj.weight", f, d), new Part(mlp + "up_proj.weight", f, d))),
                where(biases.feedForward(), new Part(mlp + "gate_proj.bias", f), new Part(mlp + "up_proj.bias", f)),
                Optional.of(Block.of(new Part(mlp + "down_proj.weight", d, f))),
                where(biases.feedForward(), new Part(mlp + "down_proj.bias", d)));
    }

    private static Optional<Block> where(boolean present, Part... parts) {
        return present ? Optional.of(Block.of(parts)) : Optional.empty();
    }
}
