package dev.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointProof;
import dev.understudy.checkpoint.CheckpointRejectedException;
import dev.understudy.checkpoint.Contents;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Origin;
import dev.understudy.checkpoint.Probes;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.Round;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.gate.Evaluation;
import dev.understudy.gate.Gate;
import dev.understudy.gate.GateConfig;
import dev.understudy.gate.GateExample;
import dev.understudy.gate.GateRule;
import dev.understudy.gate.GateSet;
import dev.understudy.gate.GateVerdict;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.gate.VersionFigures;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.VocabularyFingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From signals to a served model with the real engine: round, gate, store, proof. */
class LearningChainTest {
    private static final ModelShape SMALL = new ModelShape(32, 1, 2, 2, 16, 64, 512, 32, true, 200, 1e-5);
    private static final DistilConfig CONFIG = new DistilConfig(120, 16, 1e-2, 5, 0, Objective.forwardKl(4), 5);
    private static final int PROMPTS = 40;

    private final Engine engine = Engine.installed();
    private final Gate gate = new Gate(GateConfig.defaults());
    private final GateSet set = gateSet();
    private final Path folder;
    private final Path first;

    LearningChainTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        first = Files.createDirectories(folder.resolve("first"));
        try (Trainer trainer = engine.initialise(SMALL, 1)) {
            trainer.saveModel(first, Storage.FP32);
        }
        try (InputStream tokenizer = Objects.requireNonNull(
                LearningChainTest.class.getResourceAsStream("/fixtures/tokenizer_chatml512/tokenizer.json"))) {
            Files.copy(tokenizer, first.resolve("tokenizer.json"));
        }
    }

    @Test
    void anHonestRoundIsPublishedAndProvesItselfAndAPoisonedOneIsRefused() throws IOException {
        Path learnt = train(first, snapshot(1), "learnt");
        VersionFigures serving = figures(learnt);
        GateVerdict verdict = gate.judge(figures(first), serving, learnt);
        assertThat(verdict.reasons()).isEmpty();
        assertThat(verdict.workloads()).allMatch(figures -> figures.candidateExactMatch() > 0.9);

        Path poisoned = train(learnt, snapshot(2).poisoned("log", 1), "poisoned");
        GateVerdict refused = gate.judge(serving, figures(poisoned), poisoned);
        assertThat(refused.rules())
                .filteredOn(rule -> !rule.passed())
                .extracting(RuleOutcome::rule)
                .contains(GateRule.HELP_NEEDED, GateRule.ALONE);

        CheckpointId id = new CheckpointId("v1");
        FileCheckpointStore store = publish(id, learnt);
        for (Kernel kernel : Kernel.values()) {
            new CheckpointProof(store, engine, kernel, fingerprint()).open(id).close();
        }
        VocabularyFingerprint foreign = new VocabularyFingerprint("0".repeat(64));
        assertThatThrownBy(() -> new CheckpointProof(store, engine, Kernel.FP32, foreign).open(id))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("the serving tokenizer's is 0000");
    }

    @Test
    void aModelThatAnswersOtherwiseThanItsProbesIsNotServed() throws IOException {
        CheckpointId id = new CheckpointId("v2");
        FileCheckpointStore store = new FileCheckpointStore(folder.resolve("store"));
        Path other = train(first, snapshot(1), "other");
        copy(first, store.stage(id));
        try (LanguageModel model = engine.open(other, Kernel.FP32)) {
            store.seal(id, contents(model), ORIGIN);
        }
        store.publish(id);
        assertThatThrownBy(() -> new CheckpointProof(store, engine, Kernel.FP32, fingerprint()).open(id))
                .isInstanceOf(CheckpointRejectedException.class)
                .hasMessageContaining("probe 0 gives id");
    }

    private static final Origin ORIGIN =
            new Origin(null, "accepted", List.of(), Map.of(), "0.1.0", Instant.parse("2026-01-01T00:00:00Z"));

    private Path train(Path parent, TrainingSnapshot snapshot, String name) {
        try (Round round = Round.begin(engine, parent, snapshot, CONFIG)) {
            while (round.step()) {
                assertThat(round.progress().loss()).isFinite();
            }
            return round.finish(folder.resolve(name), Storage.BF16);
        }
    }

    private VersionFigures figures(Path directory) {
        try (LanguageModel model = engine.open(directory, Kernel.FP32)) {
            Evaluation evaluation = new Evaluation(model, set, 32);
            while (evaluation.step()) {
                assertThat(set.examples()).isNotEmpty();
            }
            return evaluation.figures();
        }
    }

    private FileCheckpointStore publish(CheckpointId id, Path model) throws IOException {
        FileCheckpointStore store = new FileCheckpointStore(folder.resolve("store"));
        copy(model, store.stage(id));
        try (LanguageModel stored = engine.open(store.staged(id), Kernel.FP32)) {
            store.seal(id, contents(stored), ORIGIN);
        }
        store.publish(id);
        return store;
    }

    private Contents contents(LanguageModel model) {
        return new Contents(
                List.of(), fingerprint().hex(), "", Probes.of(model, List.of(new int[] {3, 300}, new int[] {5}), 8));
    }

    private VocabularyFingerprint fingerprint() {
        try (Tokenizer tokenizer = engine.tokenizer(first)) {
            return tokenizer.vocabulary().fingerprint();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String name : List.of("model.safetensors", "config.json", "tokenizer.json")) {
            Files.copy(from.resolve(name), to.resolve(name));
        }
    }

    private static TrainingSnapshot snapshot(long round) {
        List<LabelledSequence> signals = new ArrayList<>();
        for (GateExample example : gateSet().examples()) {
            signals.add(LabelledSequence.ofPair(example.workload(), example.promptIds(), example.labelIds()));
        }
        return new TrainingSnapshot(round, signals, List.of(), Map.of());
    }

    /** Learnt by heart: what is tested is the chain, not that a model of 20,000 weights generalises. */
    private static GateSet gateSet() {
        List<GateExample> examples = new ArrayList<>();
        for (int i = 1; i <= PROMPTS; i++) {
            examples.add(GateExample.verified("log", new int[] {i, 300}, new int[] {i + 100, 0}));
            examples.add(GateExample.verified("pay", new int[] {i, 301}, new int[] {i + 200, 0}));
        }
        return new GateSet(examples);
    }
}
