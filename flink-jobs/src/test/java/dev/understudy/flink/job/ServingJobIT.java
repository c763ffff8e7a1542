package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.AskConfig;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.lm.Kernel;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingJobIT {
    private static final String TENANT = "acme";
    private static final long STUDENT_SEED = 7;
    private static final long TEACHER_SEED = 8;

    @TempDir
    static Path directory;

    private static Pipeline pipeline;

    @BeforeAll
    static void start() throws Exception {
        TinyModels.write(directory.resolve("student"), STUDENT_SEED);
        TinyModels.write(directory.resolve("teacher"), TEACHER_SEED);
        pipeline = new Pipeline();
    }

    @AfterAll
    static void stop() throws Exception {
        pipeline.close();
    }

    @Test
    void everyPromptIsCompletedOnce() throws Exception {
        pipeline.createTopics("plain.");
        pipeline.send("plain.", Topics.PROMPTS, prompts(40));

        List<CompletionProduced> completions;
        try (RunningJob job = pipeline.start(config("plain.", AskConfig.never(), 0, null))) {
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

    private static List<PromptSubmitted> prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> PromptSubmitted.newBuilder()
                        .setId("p-" + i)
                        .setTenant(TENANT)
                        .setWorkload("words")
                        .setText("w" + (1 + i % 40) + " w" + (2 + i % 31) + " w" + (3 + i % 23))
                        .setMaxTokens(24)
                        .setConsent(true)
                        .setSubmittedAt(Instant.EPOCH)
                        .build())
                .toList();
    }

    private static TeacherSource teacher(String log) {
        return new LocalTeacherSource(
                directory.resolve("teacher").toString(), directory.resolve(log).toString());
    }

    private static ServingConfig config(String prefix, AskConfig ask, long cap, TeacherSource teacher) {
        BudgetConfig budgets = BudgetConfig.of(List.of(TenantBudget.of(TENANT, cap, cap, Duration.ofHours(1))));
        StudentConfig student = new StudentConfig(
                "p0",
                directory.resolve("student").toString(),
                directory.resolve(prefix + "store").toString(),
                Kernel.FP32,
                List.of(TinyModels.END),
                8);
        return new ServingConfig(
                new OperatorSettings(
                        "serving",
                        new KafkaAccess(pipeline.bootstrapServers(), prefix),
                        student,
                        ask,
                        budgets,
                        teacher),
                2,
                ServingConfig.Delivery.EXACTLY_ONCE,
                Duration.ofMillis(300),
                3);
    }
}
