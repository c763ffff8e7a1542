package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.Engine;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Storage;
import dev.understudy.lm.Trainer;
import dev.understudy.signal.LabelledSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTest {
    private static final ModelShape TINY = new ModelShape(16, 1, 2, 2, 8, 32, 24, 32, true, 200, 1e-5);
    private static final DistilConfig CONFIG = new DistilConfig(30, 8, 1e-2, 2, 0.5, 4, 5);

    private final Engine engine = Engine.installed();

    private final Path folder;
    private final Path parent;

    RoundTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        parent = Files.createDirectories(folder.resolve("parent"));
        try (Trainer trainer = engine.initialise(TINY, 1)) {
            trainer.saveModel(parent, Storage.FP32);
        }
        Files.writeString(parent.resolve("tokenizer.json"), "{}");
        Files.writeString(parent.resolve("manifest.json"), "{}");
    }

    @Test
    void learnsWhatTheSignalsSay() {
        try (Round round = Round.begin(engine, parent, snapshot(), CONFIG)) {
            round.step();
            double first = round.progress().loss();
            run(round);
            assertThat(round.progress().step()).isEqualTo(30);
            assertThat(round.progress().loss()).isLessThan(0.5 * first);
            assertThat(round.step()).isFalse();
        }
    }

    @Test
    void anInterruptedRoundEndsWithTheSameBytes() throws IOException {
        Path whole;
        try (Round round = Round.begin(engine, parent, snapshot(), CONFIG)) {
            run(round);
            whole = round.finish(folder.resolve("whole"), Storage.FP32);
        }
        try (Round round = Round.begin(engine, parent, snapshot(), CONFIG)) {
            for (int i = 0; i < 13; i++) {
                round.step();
            }
            round.saveTo(folder.resolve("saved"));
        }
        try (Round round = Round.resume(engine, folder.resolve("saved"))) {
            assertThat(round.progress().step()).isEqualTo(13);
            run(round);
            Path resumed = round.finish(folder.resolve("resumed"), Storage.FP32);
            assertThat(resumed.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
            assertThat(resumed.resolve("tokenizer.json")).exists();
            assertThat(resumed.resolve("manifest.json")).doesNotExist();
        }
    }

    @Test
    void anUnfinishedRoundHasNoCandidate() {
        try (Round round = Round.begin(engine, parent, snapshot(), CONFIG)) {
            assertThatThrownBy(() -> round.finish(folder.resolve("early"), Storage.FP32))
                    .hasMessageContaining("finished at step 0 of 30");
        }
    }

    private static void run(Round round) {
        while (round.step()) {
            assertThat(round.progress().loss()).isFinite();
        }
    }

    private static TrainingSnapshot snapshot() {
        List<LabelledSequence> signals = new ArrayList<>();
        List<LabelledSequence> replay = new ArrayList<>();
        for (int i = 1; i < 11; i++) {
            signals.add(LabelledSequence.ofPair("order", new int[] {i, 21}, new int[] {i + 10, i, 0}));
            replay.add(LabelledSequence.ofPair("pay", new int[] {i, 22}, new int[] {i, 0}));
        }
        return new TrainingSnapshot(1, signals, replay, Map.of());
    }
}
