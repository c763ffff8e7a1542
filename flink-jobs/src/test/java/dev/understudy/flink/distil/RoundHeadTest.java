package dev.understudy.flink.distil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.checkpoint.CheckpointFile;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskInput;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.Round;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.flink.swap.ModelLoading;
import dev.understudy.gate.GateConfig;
import dev.understudy.gate.GateRule;
import dev.understudy.gate.RuleOutcome;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.Dialect;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.signal.ReplayConfig;
import dev.understudy.token.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds of a student that asks by a head, from the first step to a version that is served. */
class RoundHeadTest {
    private static final int WIDTH = 32;
    private static final int STEPS = 120;
    private static final CheckpointId CANDIDATE = new CheckpointId("r0001-1");
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private final Engine engine = Engine.installed();
    private final Path folder;
    private final Path parent;
    private final Student student;

    RoundHeadTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        parent = Files.createDirectories(folder.resolve("parent"));
        BytePairTrainer vocabulary = BytePairTrainer.train(List.of("A 1", "B 2"), 260);
        ModelShape shape = new ModelShape(WIDTH, 2, 2, 2, 16, 64, vocabulary.vocabularySize(), 32, true, 200, 1e-5);
        try (Trainer trainer = engine.initialise(shape, 7)) {
            trainer.saveModel(parent, Storage.FP32);
        }
        vocabulary.write(parent);
        int inputs = AskInput.width(WIDTH);
        AskNetwork network =
                new AskNetwork(new float[inputs], new float[inputs], new float[inputs], new float[1], new float[1], 0);
        double[] one = {0.1};
        AskHeadFile.write(parent, new PricedHead(network, network, new AskLevels(one, one, one)));
        student = Student.open(engine, parent);
    }

    @AfterEach
    void close() {
        student.close();
    }

    @Test
    void aRoundPublishesAHeadOfItsOwnThatIsServed() {
        RoundTools tools = tools("one");
        RoundJudgement judgement = toTheEnd(begin(tools, 200));

        assertThat(judgement.accepted()).as("%s", judgement.reasons()).isTrue();
        assertThat(judgement.rules())
                .filteredOn(rule -> rule.rule() == GateRule.ASK_HEAD)
                .singleElement()
                .extracting(RuleOutcome::detail)
                .asString()
                .contains("of the tokens of 100 sequences");
        tools.store().publish(CANDIDATE);
        Path published = tools.store().directory(CANDIDATE);
        assertThat(published.resolve(AskHeadFile.NAME)).exists();
        assertThat(((PricedHead) AskHeadFile.read(published)).levels().levels()).hasSize(5);
        var version = loading(tools.store()).load(CANDIDATE);
        version.model().close();
        assertThat(version.head().hiddenWidth()).isEqualTo(WIDTH);
    }

    /** Cut off while the weights are trained, and while the head is learnt: the same files come out. */
    @Test
    void aRoundThatWasKilledEndsWithTheSameHead() {
        RoundTools straight = tools("straight");
        toTheEnd(begin(straight, 200));
        List<CheckpointFile> expected = files(straight);

        assertThat(expected).extracting(CheckpointFile::path).contains(AskHeadFile.NAME, "model.safetensors");
        for (int units : new int[] {70, STEPS + 60}) {
            RoundTools killed = tools("killed-" + units);
            RoundSaves saves = new RoundSaves(killed.config().places().workPath());
            try (RoundRun run = begin(killed, saves, 200)) {
                for (int i = 0; i < units; i++) {
                    assertThat(run.work()).isTrue();
                }
            }
            Path saved = Objects.requireNonNull(saves.current());
            Round round = Round.resume(engine, saved);
            // What else came in since is not part of it.
            HeldOut heldOut = HeldOut.readFrom(saved).orElseThrow();
            assertThat(toTheEnd(new RoundRun(plan(), killed, parent, round, saves, heldOut, null))
                            .accepted())
                    .isTrue();
            assertThat(files(killed)).as("killed after %d units", units).isEqualTo(expected);
        }
    }

    @Test
    void aHeadThatCannotBePricedRefusesTheRound() {
        RoundTools tools = tools("few");
        RoundJudgement judgement = toTheEnd(begin(tools, 12));

        assertThat(judgement.accepted()).isFalse();
        assertThat(judgement.reasons())
                .singleElement()
                .asString()
                .contains("ASK_HEAD: no ask head can be learnt from 64 sequences and priced on 12 held-out ones")
                .contains("send verified answers");
        assertThat(tools.store().staged(CANDIDATE)).doesNotExist();
    }

    @Test
    void aStudentWithoutAHeadGetsNone() throws IOException {
        Files.delete(parent.resolve(AskHeadFile.NAME));
        RoundTools tools = tools("none");
        RoundJudgement judgement = toTheEnd(begin(tools, 200));

        assertThat(judgement.accepted()).isTrue();
        assertThat(judgement.rules()).extracting(RuleOutcome::rule).doesNotContain(GateRule.ASK_HEAD);
        assertThat(files(tools)).extracting(CheckpointFile::path).doesNotContain(AskHeadFile.NAME);
    }

    private List<CheckpointFile> files(RoundTools tools) {
        tools.store().publish(CANDIDATE);
        return tools.store().manifest(CANDIDATE).contents().files();
    }

    private static RoundJudgement toTheEnd(RoundRun run) {
        try (run) {
            for (boolean more = true; more; ) {
                more = run.work();
            }
            return run.judgement();
        }
    }

    private RoundRun begin(RoundTools tools, int heldOut) {
        return begin(tools, new RoundSaves(tools.config().places().workPath()), heldOut);
    }

    private RoundRun begin(RoundTools tools, RoundSaves saves, int heldOut) {
        TrainingSnapshot snapshot = new TrainingSnapshot(1, echoes(0, 64), List.of(), Map.of());
        Round round = Round.begin(engine, parent, snapshot, tools.config().round());
        HeldOut judgedBy = new HeldOut(echoes(5_000, heldOut));
        saves.save(round, judgedBy, CANDIDATE);
        return new RoundRun(plan(), tools, parent, round, saves, judgedBy, null);
    }

    private static RoundPlan plan() {
        return new RoundPlan(1, CANDIDATE, null, 64, List.of());
    }

    /** The prompt is a letter and a number, the answer is the letter. */
    private List<LabelledSequence> echoes(int from, int count) {
        List<LabelledSequence> echoes = new ArrayList<>();
        for (int number = from; number < from + count; number++) {
            String letter = number % 2 == 0 ? "A" : "B";
            echoes.add(student.encode("echo", letter + " " + number, letter));
        }
        return echoes;
    }

    private RoundTools tools(String name) {
        Path root = folder.resolve(name);
        DistilOperatorConfig config = new DistilOperatorConfig(
                new DistilPlaces(
                        root.resolve("store").toString(),
                        parent.toString(),
                        root.resolve("work").toString()),
                new RoundTrigger(64, Duration.ZERO, 20),
                new DistilConfig(STEPS, 8, 3e-3, 10, 0, Objective.forwardKl(8), 1),
                GateConfig.defaults(),
                ReplayConfig.defaults(),
                SeedFiles.none(),
                PoisonedRound.NONE);
        return new RoundTools(config, engine, new FileCheckpointStore(root.resolve("store")), student, CLOCK);
    }

    private ModelLoading loading(FileCheckpointStore store) {
        return new ModelLoading(
                engine,
                Kernel.FP32,
                store,
                new CheckpointId("initial"),
                parent,
                Dialect.read(engine, parent),
                new AskPolicy.AskToken(Action.THRESHOLD),
                CLOCK);
    }
}
