package dev.understudy.lm.llama2c;

import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsWriter;
import dev.understudy.lm.shape.ModelShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The weights of one llama2.c file: seven little-endian ints (d, F, layers, heads, kvHeads, V, T), then fp32 tensors,
 * each kind for all layers in turn. A negative V says that the head stands separately at the end.
 */
public final class Llama2cCheckpoint {
    private static final int HEADER_BYTES = 7 * Integer.BYTES;
    private static final double NORM_EPSILON = 1e-5;
    private static final double ROPE_BASE = 10_000;

    private final ModelShape shape;
    private final ByteBuffer data;

    private Llama2cCheckpoint(ModelShape shape, ByteBuffer data) {
        this.shape = shape;
        this.data = data;
    }

    /**
     * Reads a weight file.
     *
     * @throws ModelRejectedException when its length is not the one that its header implies
     */
    public static Llama2cCheckpoint read(Path file) {
        ByteBuffer data;
        try {
            data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (data.remaining() < HEADER_BYTES) {
            throw new ModelRejectedException("Cannot import " + file + ": it has " + data.remaining()
                    + " bytes, expected a header of " + HEADER_BYTES + "; copy the file again.");
        }
        int width = data.getInt();
        int feedForward = data.getInt();
        int layers = data.getInt();
        int heads = data.getInt();
        int keyValueHeads = data.getInt();
        int vocabulary = data.getInt();
        int context = data.getInt();
        try {
            ModelShape shape = new ModelShape(
                    width,
                    layers,
                    heads,
                    keyValueHeads,
                    width / Math.max(1, heads),
                    feedForward,
                    Math.absExact(vocabulary),
                    context,
                    vocabulary > 0,
                    ROPE_BASE,
                    NORM_EPSILON);
            long expected = HEADER_BYTES + Float.BYTES * floats(shape);
            if (data.capacity() != expected) {
                throw new ModelRejectedException("Cannot import " + file + ": it has " + data.capacity()
                        + " bytes, expected " + expected + " by its header; use a version 0 export.");
            }
            return new Llama2cCheckpoint(shape, data);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ModelRejectedException(
                    "Cannot import " + file + ": its header is not that of llama2.c version 0 (" + e.getMessage()
                            + "); export it with version 0.",
                    e);
        }
    }

    private static long floats(ModelShape shape) {
        long d = shape.width();
        long head = shape.headSize();
        long layer = 2 * d
                + 2 * d * shape.heads() * head
                + 2 * d * shape.keyValueHeads() * head
                + 3 * d * shape.feedForward();
        long embeddings = (shape.tiedHead() ? d : 2 * d) * shape.vocabulary();
        long ropeTables = shape.context() * head;
        return Math.addExact(Math.multiplyExact(shape.layers(), layer), embeddings + d + ropeTables);
    }

    public ModelShape shape() {
        return shape;
    }

    /** Writes a Hugging Face directory with these weights and a tokenizer file of either kind. */
    public void write(Path directory, Path tokenizerFile, Storage storage) {
        Llama2cTokenizer tokenizer = Llama2cTokenizer.read(tokenizerFile, shape.vocabulary());
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new ModelConfig(shape, Llama2cTokenizer.BEGIN, Llama2cTokenizer.END).write(directory, storage);
        SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors(), storage, Map.of());
        tokenizer.write(directory);
    }

    private List<NamedTensor> tensors() {
        data.position(HEADER_BYTES);
        int d = shape.width();
        int queryRows = shape.heads() * shape.headSize();
        int keyRows = shape.keyValueHeads() * shape.headSize();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(next("model.embed_tokens.weight", shape.vocabulary(), d));
        layers(tensors, "input_layernorm", d);
        layers(tensors, "self_attn.q_proj", queryRows, d);
        layers(tensors, "self_attn.k_proj", keyRows, d);
        layers(tensors, "self_attn.v_proj", keyRows, d);
        layers(tensors, "self_attn.o_proj", d, queryRows);
        layers(tensors, "post_attention_layernorm", d);
        layers(tensors, "mlp.gate_proj", shape.feedForward(), d);
        layers(tensors, "mlp.down_proj", d, shape.feedForward());
        layers(tensors, "mlp.up_proj", shape.feedForward(), d);
        tensors.add(next("model.norm.weight", d));
        data.position(data.position() + Float.BYTES * shape.context() * shape.headSize());
        if (!shape.tiedHead()) {
            tensors.add(next("lm_head.weight", shape.vocabulary(), d));
        }
        return tensors;
    }

    private void layers(List<NamedTensor> tensors, String name, int... size) {
        for (int i = 0; i < shape.layers(); i++) {
            NamedTensor tensor = next("model.layers." + i + "." + name + ".weight", size);
            boolean rotated = name.endsWith("q_proj") || name.endsWith("k_proj");
            tensors.add(rotated ? pairsToHalves(tensor) : tensor);
        }
    }

    private NamedTensor next(String name, int... size) {
        int count = size.length == 1 ? size[0] : size[0] * size[1];
        float[] values = new float[count];
        data.asFloatBuffer().get(values);
        data.position(data.position() + Float.BYTES * count);
        return new NamedTensor(name, size, values);
    }

    /** Rotary pairs are neighbours (2j, 2j + 1) here and halves (j, j + D/2) in Hugging Face files. */
    private NamedTensor pairsToHalves(NamedTensor tensor) {
        int columns = tensor.shape()[1];
        int head = shape.headSize();
        float[] moved = new float[tensor.values().length];
        for (int row = 0; row < tensor.shape()[0]; row++) {
            int j = row % head;
            int from = row - j + (j < head / 2 ? 2 * j : 2 * (j - head / 2) + 1);
            System.arraycopy(tensor.values(), from * columns, moved, row * columns, columns);
        }
        return new NamedTensor(tensor.name(), tensor.shape(), moved);
    }
}
