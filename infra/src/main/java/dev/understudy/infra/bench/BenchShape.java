package dev.understudy.infra.bench;

import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.nio.file.Path;

/** Sizes with random weights, on which engines are compared: speed does not depend on what a model has learnt. */
public enum BenchShape {
    /** 1.05 million parameters, tied head. */
    TINY,
    /** 13.4 million parameters besides the embedding. */
    SMALL,
    /** 134.5 million parameters, tied head. */
    LARGE;

    private static final int CONTEXT = 512;
    private static final long SEED = 20;

    /** Sizes of the model. */
    public ModelShape shape() {
        return switch (this) {
            case TINY -> shape(128, 4, 4, 2, 384, 2048, true);
            case SMALL -> shape(384, 8, 6, 2, 1024, 2048, false);
            case LARGE -> shape(576, 30, 9, 3, 1536, 49_152, true);
        };
    }

    private static ModelShape shape(
            int width, int layers, int heads, int groups, int feedForward, int vocabulary, boolean tied) {
        int headSize = width / heads;
        return new ModelShape(
                width, layers, heads, groups, headSize, feedForward, vocabulary, CONTEXT, tied, 10_000, 1e-5);
    }

    /** Writes random weights of this shape as a Hugging Face directory in fp32, without tokenizer. */
    public void write(Engine engine, Path directory) {
        try (Trainer random = engine.initialise(shape(), SEED)) {
            random.saveModel(directory, Storage.FP32);
        }
    }
}
