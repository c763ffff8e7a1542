package dev.understudy.infra.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.distil.SavedState;
import dev.understudy.infra.exit.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The folder of a training run: the model that comes out of it, and below {@code run} what resuming needs (what the run
 * was begun with, the recorded laws, the last state).
 */
record RunFolder(Path out) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Path inside() {
        return out.resolve("run");
    }

    private Path identity() {
        return inside().resolve("run.json");
    }

    Path laws() {
        return inside().resolve("laws.bin");
    }

    SavedState state() {
        return new SavedState(inside().resolve("state"));
    }

    /** Where the finished model is written before it takes its place. */
    SavedState staged() {
        return new SavedState(inside().resolve("model"));
    }

    /** True when the run has ended and its model stands here. */
    boolean isFinished() {
        return Files.exists(out.resolve("model.safetensors"));
    }

    /** Begins a run: the folder must not hold another. */
    void begin(Map<String, String> with) throws IOException {
        if (Files.exists(identity())) {
            throw new UsageException(
                    isFinished()
                            ? out + " already holds the model of a finished run; choose another --out."
                            : out
                                    + " holds a run that was interrupted; continue it with --resume or choose another --out.");
        }
        if (isFinished()) {
            throw new UsageException(out + " already holds a model; choose another --out.");
        }
        Files.createDirectories(inside());
        ObjectNode root = JSON.createObjectNode();
        new TreeMap<>(with).forEach(root::put);
        Files.writeString(identity(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }

    /** What the run that stands here was begun with under a name. */
    Optional<String> begunWith(String name) throws IOException {
        return Files.exists(identity())
                ? Optional.ofNullable(
                        JSON.readTree(identity().toFile()).path(name).textValue())
                : Optional.empty();
    }

    /** Checks that the run that stands here was begun with the same. */
    void resume(Map<String, String> with) throws IOException {
        if (!Files.exists(identity())) {
            throw new UsageException("Nothing to resume in " + out
                    + ": expected a run that was begun there; start it without --resume.");
        }
        JsonNode root = JSON.readTree(identity().toFile());
        TreeSet<String> keys = new TreeSet<>(with.keySet());
        root.fieldNames().forEachRemaining(keys::add);
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String before = root.path(key).asText("none");
            String now = with.getOrDefault(key, "none");
            if (!before.equals(now)) {
                differences.add(key + " was " + before + " and is " + now);
            }
        }
        if (!differences.isEmpty()) {
            throw new UsageException("Cannot resume the run in " + out + " with other settings: "
                    + String.join("; ", differences) + ". Repeat the command that began it, or choose another --out.");
        }
    }
}
