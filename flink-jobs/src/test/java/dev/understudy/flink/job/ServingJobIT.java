package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.job.WordJob.Asking;
import dev.understudy.flink.metric.LoopMetric;
import dev.understudy.teacher.CallLog;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import dev.understudy.wire.prompt.PromptRejected;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.prompt.SamplingChoice;
import dev.understudy.wire.signal.InterventionRecorded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the folder, start() the pipeline.
class ServingJobIT {
    private static final long STUDENT_SEED = 7;
    private static final long TEACHER_SEED = 8;

    @TempDir
    static Path directory;

    @AutoClose
    private static Pipeline pipeline;

    @BeforeAll
    static void start() throws Exception {
        TinyModels.write(directory.resolve("student"), STUDENT_SEED);
        TinyModels.write(directory.resolve("teacher"), TEACHER_SEED);
        pipeline = new Pipeline();
    }

    @Test
    void everyPromptIsCompletedOnce() throws Exception {
        pipeline.createTopics("plain.");
        pipeline.send("plain.", Topics.PROMPTS, WordJob.prompts(0, 40));

        List<CompletionProduced> completions;
        try (RunningJob job = pipeline.start(WordJob.alone("plain.", directory))) {
            completions = pipeline.await("plain.", Topics.COMPLETIONS, CompletionProduced.class, 40);
        }

        assertThat(completions)
                .extracting(CompletionProduced::getId)
                .doesNotHaveDuplicates()
                .hasSize(40);
        assertThat(completions).allSatisfy(completion -> {
            assertThat(completion.getTokenIds()).isNotEmpty();
            assertThat(completion.getStudentVersion()).isEqualTo("p0");
        });
    }

    @Test
    void withoutTransactionsACompletionIsVisibleAtOnce() throws Exception {
        pipeline.createTopics("weak.");
        ServingConfig exact = WordJob.alone("weak.", directory).config(pipeline.bootstrapServers());
        // No checkpoint within the test: nothing that waits for one would come.
        ServingConfig weak =
                new ServingConfig(exact.decode(), 2, ServingConfig.Delivery.AT_LEAST_ONCE, Duration.ofMinutes(10), 3);
        try (RunningJob job = pipeline.start(weak)) {
            pipeline.send("weak.", Topics.PROMPTS, WordJob.prompts(0, 20));

            assertThat(pipeline.await("weak.", Topics.COMPLETIONS, CompletionProduced.class, 20))
                    .extracting(CompletionProduced::getId)
                    .doesNotHaveDuplicates()
                    .hasSize(20);
        }
    }

    @Test
    void badPromptsAreRejectedAndDoNotStopTheOthers() throws Exception {
        pipeline.createTopics("bad.");
        pipeline.sendBytes("bad.prompts", List.of(new byte[] {1}), List.of(new byte[] {1, 2, 3}));
        List<PromptSubmitted> bad = List.of(
                PromptSubmitted.newBuilder(WordJob.prompt(0))
                        .setTenant("nobody")
                        .build(),
                PromptSubmitted.newBuilder(WordJob.prompt(1)).setMaxTokens(1000).build(),
                PromptSubmitted.newBuilder(WordJob.prompt(2))
                        .setSampling(SamplingChoice.newBuilder().setTopP(0).build())
                        .build(),
                PromptSubmitted.newBuilder(WordJob.prompt(3)).setText(null).build());
        pipeline.send("bad.", Topics.PROMPTS, bad);
        pipeline.send("bad.", Topics.PROMPTS, WordJob.prompts(4, 3));

        List<PromptRejected> rejections;
        List<CompletionProduced> completions;
        try (RunningJob job = pipeline.start(WordJob.alone("bad.", directory))) {
            completions = pipeline.await("bad.", Topics.COMPLETIONS, CompletionProduced.class, 3);
            rejections = pipeline.await("bad.", Topics.REJECTED_PROMPTS, PromptRejected.class, 5);
        }

        assertThat(completions).extracting(CompletionProduced::getId).containsExactlyInAnyOrder("p-4", "p-5", "p-6");
        assertThat(rejections)
                .extracting(PromptRejected::getCode)
                .containsExactlyInAnyOrder("UNREADABLE", "UNKNOWN_TENANT", "TOO_LONG", "BAD_SAMPLING", "NO_TEXT");
        assertThat(rejections)
                .filteredOn(rejection -> rejection.getCode().equals("UNREADABLE"))
                .singleElement()
                .satisfies(
                        rejection -> assertThat(rejection.getOriginal().array()).containsExactly(1, 2, 3));
    }

    @Test
    void helpIsGivenUpToTheCapAndNoFurther() throws Exception {
        int cap = 60;
        pipeline.createTopics("scarce.");
        Path log = directory.resolve("scarce.log");
        List<CompletionProduced> completions = List.of();
        try (RunningJob job =
                pipeline.start(WordJob.alone("scarce.", directory).asking(Asking.always(cap, teacher("scarce.log"))))) {
            for (int sent = 0; sent < 400 && spent(log) < cap; sent += 20) {
                pipeline.send("scarce.", Topics.PROMPTS, WordJob.prompts(sent, 20));
                completions = pipeline.await("scarce.", Topics.COMPLETIONS, CompletionProduced.class, sent + 20);
            }
            int before = completions.size();
            pipeline.send("scarce.", Topics.PROMPTS, WordJob.prompts(before, 20));
            completions = pipeline.await("scarce.", Topics.COMPLETIONS, CompletionProduced.class, before + 20);
        }

        assertThat(spent(log)).isBetween(cap / 2L, (long) cap);
        assertThat(completions.stream()
                        .mapToLong(CompletionProduced::getTeacherTokens)
                        .sum())
                .isPositive()
                .isLessThanOrEqualTo(spent(log));
        assertThat(completions.subList(completions.size() - 20, completions.size()))
                .extracting(CompletionProduced::getHelpState)
                .contains(HelpState.EXHAUSTED);
        assertThat(completions)
                .filteredOn(completion -> completion.getTeacherTokens() > 0)
                .isNotEmpty()
                .allSatisfy(
                        completion -> assertThat(completion.getTeacherVersion()).isEqualTo("teacher"));
        assertThat(pipeline.now("scarce.", Topics.SIGNALS, InterventionRecorded.class))
                .extracting(InterventionRecorded::getPromptId)
                .doesNotHaveDuplicates()
                .isNotEmpty();
    }

    @Test
    void itsMetricsAreThoseOfThePage() throws Exception {
        pipeline.createTopics("metrics.");
        List<String> declared = Arrays.stream(LoopMetric.values())
                .map(LoopMetric::path)
                .filter(path -> !path.startsWith("distil."))
                .toList();
        try (RunningJob job = pipeline.start(WordJob.alone("metrics.", directory))) {
            // What the ledger knows of a workload it hears with the first completion.
            pipeline.send("metrics.", Topics.PROMPTS, WordJob.prompts(0, 1));
            Awaitility.await("metrics")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    JobMetrics.names(job.cluster(), job.graph().getJobID()))
                            .containsAll(declared));
        }
    }

    private static long spent(Path log) {
        return Files.exists(log)
                ? CallLog.read(log).stream().mapToLong(CallLog.Entry::tokens).sum()
                : 0;
    }

    private static TeacherSource teacher(String log) {
        return new LocalTeacherSource(
                directory.resolve("teacher").toString(), directory.resolve(log).toString());
    }
}
