package dev.understudy.infra.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the demo's models are. */
final class ShippedModels {
    private ShippedModels() {}

    /** The model that was named, else the demo's starting student. */
    static Path student(Path home, @Nullable Path named) {
        return named == null ? shipped(home, "student") : named;
    }

    /** The model that was named, else the demo's teacher. */
    static Path teacher(Path home, @Nullable Path named) {
        return named == null ? shipped(home, "teacher") : named;
    }

    private static Path shipped(Path home, String name) {
        return home.resolve("infra").resolve("models").resolve(name);
    }
}
