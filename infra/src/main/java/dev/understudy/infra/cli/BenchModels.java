package dev.understudy.infra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/**
 * A folder for the models with random weights that a bench makes for itself; closing it deletes them.
 *
 * @param folder exists and is empty at first
 */
record BenchModels(Path folder) implements AutoCloseable {
    static BenchModels make() throws IOException {
        return new BenchModels(Files.createTempDirectory("understudy-bench-"));
    }

    @Override
    public void close() throws IOException {
        FileUtils.deleteDirectory(folder.toFile());
    }
}
