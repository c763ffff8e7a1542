package dev.understudy.infra.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The interpreter of a bench's other side. */
final class PythonOption {
    @Option(
            names = "--python",
            arity = "0..1",
            fallbackValue = "python3",
            paramLabel = "INTERPRETER",
            description = {
                "Runs Python peers in turn with ours, by an interpreter that has infra/python/requirements.txt",
                "installed (${FALLBACK-VALUE} when none is named)."
            })
    private @Nullable String interpreter;

    /** Null when there is no other side. */
    @Nullable String interpreter() {
        return interpreter;
    }

    static Path script(Path home, String name) {
        return home.resolve("infra").resolve("python").resolve(name);
    }
}
