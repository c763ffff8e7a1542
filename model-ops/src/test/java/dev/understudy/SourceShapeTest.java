package dev.understudy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits that no compiler checks, over the sources of every module. */
class SourceShapeTest {
    private static final int LONGEST_FILE = 600;
    private static final List<String> MODULES = List.of("schemas", "model-ops", "flink-jobs", "infra");

    @Test
    void noFileIsLongerThanSixHundredLines() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST_FILE) {
                tooLong.add(file + " has " + lines + " lines");
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsInItsOwnWords() throws IOException {
        Map<String, Path> seen = new HashMap<>();
        for (Path file : sources()) {
            Path description = file.resolveSibling("package-info.java");
            assertThat(description).exists();
        }
        for (Path file : sources()) {
            if (file.endsWith("package-info.java")) {
                String comment = Files.readString(file).split("@NullMarked", 2)[0];
                Path same = seen.put(comment, file);
                assertThat(same).as("%s has the text of %s", file, same).isNull();
            }
        }
    }

    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : MODULES) {
            Path folder = Path.of("..", module, "src", "main", "java");
            if (Files.isDirectory(folder)) {
                try (Stream<Path> walk = Files.walk(folder)) {
                    files.addAll(walk.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .toList());
                }
            }
        }
        return files;
    }
}
