package dev.understudy.distil.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairFileTest {
    private final Path file;

    PairFileTest(@TempDir Path folder) {
        file = folder.resolve("pairs.jsonl");
    }

    @Test
    void readsPairsInOrderWithTheirLinesAndSkipsBlankOnes() throws IOException {
        Files.writeString(file, """
                {"prompt":"a","completion":"b","extra":1}

                {"completion":"ü\\n","prompt":"c"}
                """);
        PairFile pairs = PairFile.read(file);
        assertThat(pairs.problems()).isEmpty();
        assertThat(pairs.pairs()).containsExactly(new PairFile.Text(1, "a", "b"), new PairFile.Text(3, "c", "ü\n"));
    }

    @Test
    void namesEveryBadLineWithWhatIsWrongAndWhatToDo() throws IOException {
        Files.writeString(file, """
                {"prompt":"a","completion":"b"}
                {"prompt":"a"
                [1,2]
                {"prompt":7,"completion":""}
                {"prompt":"a"}
                """);
        assertThat(PairFile.read(file).problems())
                .hasSize(5)
                .allSatisfy(problem ->
                        assertThat(problem).startsWith(file.toString()).contains("expected", "; "))
                .satisfiesExactly(
                        problem -> assertThat(problem).contains(":2: found no JSON"),
                        problem -> assertThat(problem).contains(":3: found a JSON array"),
                        problem -> assertThat(problem).contains(":4: found a number as prompt"),
                        problem -> assertThat(problem).contains(":4: found an empty completion"),
                        problem -> assertThat(problem).contains(":5: found no field completion"));
    }

    @Test
    void namesTwentyBadLinesAndCountsTheRest() throws IOException {
        Files.writeString(file, "nonsense\n".repeat(27));
        assertThat(PairFile.read(file).problems()).hasSize(21).last().asString().endsWith(": 7 more lines are wrong.");
    }

    @Test
    void anEmptyFileAndBytesThatAreNoTextAreProblemsToo() throws IOException {
        Files.writeString(file, "\n\n");
        assertThat(PairFile.read(file).problems()).singleElement().asString().contains("found no pair");
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertThat(PairFile.read(file).problems()).singleElement().asString().contains("not UTF-8");
    }
}
