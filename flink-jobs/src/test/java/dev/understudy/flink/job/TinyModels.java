package dev.understudy.flink.job;

import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Model directories with random weights and a vocabulary of whole words {@code w0 .. w63}; {@code w0} ends a text. */
final class TinyModels {
    static final int END = 0;
    static final int VOCABULARY = 64;
    private static final int CONTEXT = 96;

    private TinyModels() {}

    /** Writes a directory; equal seeds give equal weights. */
    static Path write(Path directory, long seed) throws IOException {
        return write(directory, seed, 1);
    }

    /** As deep as a test needs its steps to be slow. */
    static Path write(Path directory, long seed, int layers) throws IOException {
        Files.createDirectories(directory);
        ModelShape shape = new ModelShape(16, layers, 2, 1, 8, 32, VOCABULARY, CONTEXT, true, 10_000, 1e-5);
        try (Trainer trainer = Engine.installed().initialise(shape, seed)) {
            trainer.saveModel(directory, Storage.FP32);
        }
        String vocabulary = IntStream.range(0, VOCABULARY)
                .mapToObj(i -> "\"w" + i + "\":" + i)
                .collect(Collectors.joining(","));
        Files.writeString(
                directory.resolve("tokenizer.json"),
                "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[],\"normalizer\":null,"
                        + "\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"post_processor\":null,\"decoder\":null,"
                        + "\"model\":{\"type\":\"WordLevel\",\"vocab\":{" + vocabulary + "},\"unk_token\":\"w1\"}}");
        return directory;
    }
}
