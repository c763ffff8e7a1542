package dev.understudy.decode.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskHeadFileTest {
    private static final AskLevels LEVELS =
            new AskLevels(new double[] {0.125, 0.25}, new double[] {0.5, 0.25}, new double[] {0.125, 0.25});

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void aPricedHeadComesBackAsItWas() {
        PricedHead head = new PricedHead(Heads.random(9, 4, 1), Heads.random(9, 3, 2), LEVELS);
        AskHeadFile.write(folder, head);

        PricedHead back = (PricedHead) AskHeadFile.read(folder);

        assertThat(back.doubt()).usingRecursiveComparison().isEqualTo(head.doubt());
        assertThat(back.remaining()).usingRecursiveComparison().isEqualTo(head.remaining());
        assertThat(back.levels()).usingRecursiveComparison().isEqualTo(LEVELS);
        assertThat(back.hiddenWidth()).isEqualTo(4);
    }

    @Test
    void theDirectorySaysThatAskingIsInTheVocabulary() {
        AskHeadFile.write(folder, new RowHead(RowHeadTest.ENTRIES, RowHeadTest.PRICES));

        RowHead back = (RowHead) AskHeadFile.read(folder);

        assertThat(back.entries()).usingRecursiveComparison().isEqualTo(RowHeadTest.ENTRIES);
        assertThat(back.prices()).usingRecursiveComparison().isEqualTo(RowHeadTest.PRICES);
    }

    @Test
    void refusesVocabularyFormsWhoseNotesAreDamaged() {
        Map<String, String> sound = Map.of("form", "row", "ask", "2", "tokens", "4", "trace", "kept");
        write(sound, 1);
        assertThatThrownBy(() -> AskHeadFile.read(folder)).hasMessageContaining("next");
        for (String note : List.of("ask", "tokens", "trace")) {
            Map<String, String> notes = new HashMap<>(sound);
            notes.put(note, "x");
            write(notes, 1);
            assertThatThrownBy(() -> AskHeadFile.read(folder))
                    .as(note)
                    .isInstanceOf(ModelRejectedException.class)
                    .hasMessageContaining("'x'");
        }
    }

    @Test
    void aDirectoryWithoutTheFileHasNoHead() {
        assertThat(AskHeadFile.read(folder)).isSameAs(AskHead.NONE);
    }

    @Test
    void refusesAFileOfUnknownFormOrWithSizesThatLie() {
        write(Map.of("form", "oracle", "sizes", "1,1,1,1"), 1);
        assertThatThrownBy(() -> AskHeadFile.read(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("form is 'oracle'");
        for (String sizes : List.of("1,1,1", "1,1,1,x", "1,1,1,99999999")) {
            write(Map.of("form", "priced", "sizes", sizes), 1);
            assertThatThrownBy(() -> AskHeadFile.read(folder))
                    .isInstanceOf(ModelRejectedException.class)
                    .hasMessageContaining("sizes are '" + sizes + "'");
        }
    }

    @Test
    void refusesNumbersThatAreNone() {
        PricedHead head = new PricedHead(Heads.random(9, 4, 1), Heads.random(9, 3, 2), LEVELS);
        head.doubt().first()[3] = Float.NaN;
        AskHeadFile.write(folder, head);

        assertThatThrownBy(() -> AskHeadFile.read(folder))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("doubt.first.weight holds NaN")
                .hasMessageContaining("Train the head again");
    }

    @Test
    void refusesAFileThatIsCut() throws IOException {
        AskHeadFile.write(folder, new PricedHead(Heads.random(9, 4, 1), Heads.random(9, 3, 2), LEVELS));
        Path file = folder.resolve(AskHeadFile.NAME);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 8));

        assertThatThrownBy(() -> AskHeadFile.read(folder)).isInstanceOf(ModelRejectedException.class);
    }

    /** A file with three vectors of {@code price} and nothing else. */
    private void write(Map<String, String> notes, float price) {
        List<NamedTensor> tensors = List.of("levels", "prices", "use").stream()
                .map(name -> new NamedTensor(name, new int[] {1}, new float[] {price / 2}))
                .toList();
        SafetensorsWriter.write(folder.resolve(AskHeadFile.NAME), tensors, Storage.FP32, notes);
    }
}
