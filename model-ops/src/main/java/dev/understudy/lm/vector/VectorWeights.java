package dev.understudy.lm.vector;

import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.shape.ModelShape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The weights of one model on the Java heap: matrices packed, everything else as it is. Immutable and thread safe.
 *
 * @param embedding [V, d]
 * @param head [V, d]
 * @param gain of the final norm [d]
 * @param layers in order
 */
record VectorWeights(float[] embedding, PackedMatrix head, float[] gain, List<Layer> layers) {
    /**
     * One layer; arrays that the architecture does not have are empty.
     *
     * @param attentionNorm [d]
     * @param queryKeyValue query, key and value rows
     * @param heads norms of a query head and of a key head, [D] each
     * @param output follows attention
     * @param feedForwardNorm [d]
     * @param gateUp gate rows, then up rows
     * @param down back to the width
     */
    record Layer(
            float[] attentionNorm,
            Product queryKeyValue,
            HeadNorms heads,
            Product output,
            float[] feedForwardNorm,
            Product gateUp,
            Product down) {}

    /** Gains of the norms of a query head and of a key head, [D] each, or empty. */
    record HeadNorms(float[] query, float[] key) {}

    /** A product and what is added to it, or nothing. */
    record Product(PackedMatrix matrix, float[] bias) {
        /** As {@link PackedMatrix#multiply}, with the bias. */
        void apply(float[] x, int rows, float[] scratch, float[] y) {
            matrix.multiply(x, rows, bias, scratch, y);
        }
    }

    /**
     * Packs a model.
     *
     * @param values one array for each block of {@link LlamaLayout}, in order; each is read once
     */
    static VectorWeights pack(ModelShape shape, List<float[]> values) {
        Iterator<float[]> next = values.iterator();
        float[] embedding = next.next();
        float[] headRows = shape.tiedHead() ? embedding : next.next();
        PackedMatrix head = new PackedMatrix(headRows, shape.vocabulary(), shape.width());
        float[] gain = next.next();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < shape.layers(); i++) {
            layers.add(layer(shape, next));
        }
        return new VectorWeights(embedding, head, gain, List.copyOf(layers));
    }

    private static Layer layer(ModelShape shape, Iterator<float[]> next) {
        List<Optional<LlamaLayout.Block>> blocks = LlamaLayout.layer(shape, "");
        float[] attentionNorm = next.next();
        Product queryKeyValue = product(blocks, 1, next);
        HeadNorms heads = new HeadNorms(vector(blocks, 3, next), vector(blocks, 4, next));
        Product output = product(blocks, 5, next);
        float[] feedForwardNorm = next.next();
        Product gateUp = product(blocks, 8, next);
        return new Layer(
                attentionNorm, queryKeyValue, heads, output, feedForwardNorm, gateUp, product(blocks, 10, next));
    }

    private static Product product(List<Optional<LlamaLayout.Block>> blocks, int place, Iterator<float[]> next) {
        int[] size = blocks.get(place).orElseThrow().shape();
        PackedMatrix matrix = new PackedMatrix(next.next(), size[0], size[1]);
        return new Product(matrix, vector(blocks, place + 1, next));
    }

    private static float[] vector(List<Optional<LlamaLayout.Block>> blocks, int place, Iterator<float[]> next) {
        return blocks.get(place).isPresent() ? next.next() : new float[0];
    }

    /** Floats that one row of the widest product in the layers needs. */
    int widest() {
        return products().mapToInt(product -> product.matrix().stride()).max().orElse(0);
    }

    /** Inputs of the product in the layers that has most. */
    int deepest() {
        return products().mapToInt(product -> product.matrix().inputs()).max().orElse(0);
    }

    private Stream<Product> products() {
        return layers.stream()
                .flatMap(layer -> Stream.of(layer.queryKeyValue(), layer.output(), layer.gateUp(), layer.down()));
    }
}
