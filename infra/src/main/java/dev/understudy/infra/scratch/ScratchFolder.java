package dev.understudy.infra.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * A new folder among the temporary files for what nobody reads afterwards; closing it deletes it with everything in it,
 * and so does a signal that ends the process before. The path is safe to use in any thread; its maker closes it.
 */
public final class ScratchFolder implements AutoCloseable {
    private final Path path;
    private final Thread hook;

    private ScratchFolder(Path path) {
        this.path = path;
        hook = new Thread(() -> FileUtils.deleteQuietly(path.toFile()), "scratch");
    }

    /**
     * Makes an empty folder.
     *
     * @param use of what, a part of its name
     */
    public static ScratchFolder make(String use) throws IOException {
        ScratchFolder made = new ScratchFolder(Files.createTempDirectory("understudy-" + use + "-"));
        Runtime.getRuntime().addShutdownHook(made.hook);
        return made;
    }

    /** Where it is; exists until it is closed. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        FileUtils.deleteDirectory(path.toFile());
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending; the hook finds nothing left
            return;
        }
    }
}
