package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedStateTest {
    private final Path folder;
    private final SavedState state;

    SavedStateTest(@TempDir Path folder) {
        this.folder = folder;
        state = new SavedState(folder.resolve("state"));
    }

    @Test
    void theNewestStateTakesThePlaceOfTheLast() throws IOException {
        assertThat(state.newest()).isEmpty();
        state.replace(new Writing("first"));
        state.replace(new Writing("second"));
        assertThat(state.newest().orElseThrow().resolve("file")).hasContent("second");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(state.directory());
        }
        state.clear();
        assertThat(state.newest()).isEmpty();
    }

    @Test
    void aSaveThatIsCutShortLeavesTheLastState() {
        state.replace(new Writing("first"));
        assertThatThrownBy(() -> state.replace(new Writing(""))).isInstanceOf(UncheckedIOException.class);
        assertThat(state.newest().orElseThrow().resolve("file")).hasContent("first");
        state.replace(new Writing("third"));
        assertThat(state.newest().orElseThrow().resolve("file")).hasContent("third");
    }

    @Test
    void aProcessKilledBetweenTheTwoRenamesHasTheLastState() throws IOException {
        state.replace(new Writing("first"));
        Files.move(state.directory(), folder.resolve("state.last"));
        assertThat(state.newest().orElseThrow().resolve("file")).hasContent("first");
        state.replace(new Writing("second"));
        assertThat(state.newest().orElseThrow().resolve("file")).hasContent("second");
    }

    /** Writes its text; an empty one is a disk that is full half way. */
    private record Writing(String text) implements Trainer {
        @Override
        public void saveState(Path directory) {
            try {
                Files.createDirectories(directory);
                Files.writeString(directory.resolve("file"), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (text.isEmpty()) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
        }

        @Override
        public ModelShape shape() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public long steps() {
            return 0;
        }

        @Override
        public StepReport step(List<TrainingBatch> parts, TokenLoss loss, Hyper hyper) {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public void saveModel(Path directory, Storage storage) {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
