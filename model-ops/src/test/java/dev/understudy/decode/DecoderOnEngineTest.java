package dev.understudy.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.TeacherRates;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Student and teacher are real models with random weights: seed 1 and the same for the teacher, so that they agree. */
class DecoderOnEngineTest {
    private static final ModelShape SHAPE = new ModelShape(16, 2, 2, 1, 8, 32, Stage.V, 64, true, 10_000, 1e-5);

    private final Stage stage = new Stage();

    @Test
    void teacherWithTheStudentsWeightsWritesWhatTheStudentWouldWrite(@TempDir Path folder) {
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 1)) {
            trainer.saveModel(folder.resolve("m"), Storage.FP32);
        }
        List<Prompt> prompts = IntStream.range(0, 12)
                .mapToObj(i -> Stage.prompt("p" + i, 3 + i, i, 7, 2 * i))
                .toList();
        try (LanguageModel student = Engine.installed().open(folder.resolve("m"), Kernel.FP32);
                CallLog log = new CallLog(folder.resolve("log"), Clock.fixed(Stage.NOW, ZoneOffset.UTC));
                LocalTeacher teacher =
                        LocalTeacher.open(Engine.installed(), folder.resolve("m"), log, TeacherRates.FREE)) {
            Stage alone = new Stage();
            try (Decoder decoder = alone.decoder(DecodeConfig.of(1, List.of(), AskConfig.never()), student)) {
                prompts.forEach(decoder::admit);
                alone.run(decoder);
            }
            AskConfig ask =
                    new AskConfig(new AskPolicy.Random(0.4), 1, true, Duration.ofSeconds(10), Duration.ofSeconds(1));
            try (Decoder decoder = helped(student, teacher, ask)) {
                prompts.forEach(decoder::admit);
                Awaitility.await().pollInSameThread().until(() -> {
                    stage.run(decoder);
                    return decoder.isEmpty();
                });
            }

            assertThat(prompts).allSatisfy(prompt -> {
                WrittenTokens written = stage.written(prompt.id().value());
                assertThat(written.ids())
                        .isEqualTo(alone.written(prompt.id().value()).ids());
                assertThat(written.seenWhole()).isTrue();
                assertThat(written.teacher().stream()
                                .mapToInt(TeacherDistribution::argmax)
                                .toArray())
                        .isEqualTo(written.studentArgmax());
            });
            assertThat(stage.written("p11").authors()).contains(Author.TEACHER, Author.STUDENT);
            assertThat(CallLog.read(folder.resolve("log")).stream()
                            .mapToLong(CallLog.Entry::tokens)
                            .sum())
                    .isEqualTo(1_000_000 - stage.tokensLeft);
        }
    }

    /** Student and teacher are one model, so nearly every draft stands, sampled ones too. */
    @ParameterizedTest
    @MethodSource("blockPolicies")
    void draftsThatTheSameModelJudgesStand(AskPolicy policy, @TempDir Path folder) {
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 1)) {
            trainer.saveModel(folder.resolve("m"), Storage.FP32);
        }
        List<Prompt> prompts = IntStream.range(0, 8)
                .mapToObj(i -> Stage.prompt(
                        "p" + i,
                        9 + i,
                        i % 2 == 0 ? Sampling.GREEDY : new Sampling(1, 20, 1, i, List.of(), List.of()),
                        i,
                        7))
                .toList();
        try (LanguageModel student = Engine.installed().open(folder.resolve("m"), Kernel.FP32);
                CallLog log = new CallLog(folder.resolve("log"), Clock.fixed(Stage.NOW, ZoneOffset.UTC));
                LocalTeacher teacher =
                        LocalTeacher.open(Engine.installed(), folder.resolve("m"), log, TeacherRates.FREE)) {
            AskConfig ask = new AskConfig(policy, 0, false, Duration.ofSeconds(10), Duration.ofSeconds(1));
            try (Decoder decoder = helped(student, teacher, ask)) {
                prompts.forEach(decoder::admit);
                Awaitility.await().pollInSameThread().until(() -> {
                    stage.run(decoder);
                    return decoder.isEmpty();
                });
            }
        }

        int drafted = 0;
        int rejected = 0;
        for (Prompt prompt : prompts) {
            HelpUsed help = stage.end(prompt.id().value()).sequence().help();
            drafted += help.drafts().written();
            rejected += help.drafts().rejected();
        }
        assertThat(drafted).isGreaterThan(30);
        assertThat(rejected).isLessThan(3);
    }

    static Stream<AskPolicy> blockPolicies() {
        return Stream.of(new AskPolicy.Speculative(4, 1), new AskPolicy.Bild(.05, 5, 3));
    }

    private Decoder helped(LanguageModel student, LocalTeacher teacher, AskConfig ask) {
        stage.price = ask.policy().fixedPrice(Stage.V);
        stage.tokensLeft = 1_000_000;
        Decoder decoder = new Decoder(
                DecodeConfig.of(5, List.of(), ask),
                new LetterTokenizer(Stage.V),
                new Help(teacher, stage, (tenant, workload, version) -> stage.price, stage.mails::add, "start"),
                stage,
                stage,
                Clock.fixed(Stage.NOW, ZoneOffset.UTC));
        decoder.serve("v1", student);
        return decoder;
    }
}
