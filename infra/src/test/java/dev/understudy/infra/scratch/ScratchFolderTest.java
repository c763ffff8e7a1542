package dev.understudy.infra.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ScratchFolderTest {
    @Test
    void closingDeletesTheFolderWithEverythingInIt() throws IOException {
        Path path;
        try (ScratchFolder scratch = ScratchFolder.make("test")) {
            path = scratch.path();
            Files.createDirectories(path.resolve("a").resolve("b"));
            Files.writeString(path.resolve("a").resolve("file"), "text");
            assertThat(path.getFileName().toString()).startsWith("understudy-test-");
        }
        assertThat(path).doesNotExist();
    }
}
