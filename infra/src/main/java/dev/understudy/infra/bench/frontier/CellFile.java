package dev.understudy.infra.bench.frontier;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** One measured cell in the work folder, as JSON; it appears whole, so that an interrupted run leaves none in part. */
record CellFile(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The cell that an earlier run left. */
    <T> Optional<T> read(Class<T> type) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(path.toFile(), type));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read " + path + ", which an earlier run left. Delete it to measure again.", e);
        }
    }

    void write(Object cell) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Path next = path.resolveSibling(path.getFileName() + ".next");
            JSON.writerWithDefaultPrettyPrinter().writeValue(next.toFile(), cell);
            Files.move(next, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path + ". Check the folder.", e);
        }
    }
}
