package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.distil.divergence.Divergence;
import dev.understudy.distil.divergence.ForwardKl;
import dev.understudy.distil.divergence.GeneralizedJsd;
import dev.understudy.distil.divergence.ReverseKl;
import dev.understudy.distil.divergence.SkewKl;
import dev.understudy.distil.divergence.SkewReverseKl;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.signal.LabelledSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTest {
    private static final ModelShape TINY = new ModelShape(16, 1, 2, 2, 8, 32, 24, 32, true, 200, 1e-5);
    private static final DistilConfig CONFIG = new DistilConfig(30, 8, 1e-2, 2, 0.5, Objective.forwardKl(4), 5);

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

    static Stream<Divergence> divergences() {
        return Stream.of(
                new ForwardKl(), new ReverseKl(), new GeneralizedJsd(0.4), new SkewKl(0.1), new SkewReverseKl(0.2));
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void anInterruptedRoundEndsWithTheSameBytes(Divergence divergence) throws IOException {
        DistilConfig config = new DistilConfig(30, 8, 1e-2, 2, 0.5, new Objective(divergence, 4), 5);
        Path whole;
        try (Round round = Round.begin(engine, parent, snapshot(), config)) {
            round.step();
            double first = round.progress().loss();
            run(round);
            assertThat(round.progress().loss()).isLessThan(0.7 * first);
            whole = round.finish(folder.resolve("whole"), Storage.FP32);
        }
        try (Round round = Round.begin(engine, parent, snapshot(), config)) {
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
