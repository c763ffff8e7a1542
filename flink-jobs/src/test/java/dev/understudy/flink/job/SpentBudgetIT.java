package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import dev.understudy.wire.decode.StopReason;
import dev.understudy.wire.prompt.PromptDeferred;
import dev.understudy.wire.prompt.PromptSubmitted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that want every token of the teacher: what becomes of sequences when there is no help, or not yet. */
@SuppressWarnings("NullAway.Init") // JUnit sets the folder, start() the pipeline.
class SpentBudgetIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int PROMPTS = 6;

    @TempDir
    static Path directory;

    @AutoClose
    private static Pipeline pipeline;

    @BeforeAll
    static void start() throws Exception {
        TinyModels.write(directory.resolve("student"), 7);
        pipeline = new Pipeline();
    }

    @Test
    void eachTenantGetsWhatItWantsWhenItsCapIsUsedUp() throws Exception {
        BudgetConfig budgets = BudgetConfig.of(List.of(
                spent("goes-on", WhenSpent.CONTINUE),
                spent("stops", WhenSpent.STOP),
                spent("defers", WhenSpent.DEFER)));
        pipeline.createTopics("spent.");
        for (TenantBudget tenant : budgets.tenants()) {
            pipeline.send("spent.", Topics.PROMPTS, prompts(tenant.tenant()));
        }

        List<CompletionProduced> completions;
        List<PromptDeferred> deferred;
        try (RunningJob job = pipeline.start(config("spent.", budgets))) {
            completions = pipeline.await("spent.", Topics.COMPLETIONS, CompletionProduced.class, 3 * PROMPTS);
            deferred = pipeline.await("spent.", Topics.DEFERRED_PROMPTS, PromptDeferred.class, PROMPTS);
        }

        assertThat(completions).hasSize(3 * PROMPTS).allSatisfy(completion -> {
            assertThat(completion.getHelpState()).isEqualTo(HelpState.EXHAUSTED);
            assertThat(completion.getTeacherTokens()).isZero();
        });
        assertThat(completions)
                .filteredOn(completion -> completion.getTenant().equals("stops"))
                .allSatisfy(completion -> {
                    assertThat(completion.getStopReason()).isEqualTo(StopReason.HELP_EXHAUSTED);
                    assertThat(completion.getTokenIds()).isEmpty();
                });
        assertThat(completions)
                .filteredOn(completion -> !completion.getTenant().equals("stops"))
                .allSatisfy(completion -> {
                    assertThat(completion.getStopReason()).isNotEqualTo(StopReason.HELP_EXHAUSTED);
                    assertThat(completion.getTokenIds()).isNotEmpty();
                });
        assertThat(deferred).hasSize(PROMPTS).allSatisfy(prompt -> {
            assertThat(prompt.getTenant()).isEqualTo("defers");
            assertThat(prompt.getHelpState()).isEqualTo("EXHAUSTED");
            assertThat(prompt.getWanted()).isPositive();
        });
    }

    /**
     * Help comes some Flink checkpoints after the first wish; whoever waits for it has every token from the teacher.
     */
    @Test
    void sequencesThatWaitForAllowanceAreHelpedFromTheirFirstTokenOn() throws Exception {
        BudgetConfig budgets = BudgetConfig.of(List.of(TenantBudget.of("waits", 100_000, 100_000, HOUR)
                        .withAuditShare(0)
                        .aimingAt(new HelpTarget.Fixed())))
                .waiting(Duration.ofMinutes(1));
        pipeline.createTopics("waits.");
        pipeline.send("waits.", Topics.PROMPTS, prompts("waits"));

        List<CompletionProduced> completions;
        try (RunningJob job = pipeline.start(config("waits.", budgets))) {
            completions = pipeline.await("waits.", Topics.COMPLETIONS, CompletionProduced.class, PROMPTS);
        }

        assertThat(completions).hasSize(PROMPTS).allSatisfy(completion -> {
            assertThat(completion.getHelpState()).isEqualTo(HelpState.GRANTED);
            assertThat(completion.getTokenIds()).isNotEmpty().hasSize(completion.getTeacherTokens());
        });
    }

    private static TenantBudget spent(String tenant, WhenSpent what) {
        return TenantBudget.of(tenant, 0, 0, HOUR).whenSpent(what);
    }

    private static List<PromptSubmitted> prompts(String tenant) {
        List<PromptSubmitted> prompts = new ArrayList<>();
        for (PromptSubmitted prompt : WordJob.prompts(0, PROMPTS)) {
            prompts.add(PromptSubmitted.newBuilder(prompt)
                    .setId(tenant + "-" + prompt.getId())
                    .setTenant(tenant)
                    .build());
        }
        return prompts;
    }

    private static ServingConfig config(String prefix, BudgetConfig budgets) {
        WordJob words = WordJob.alone(prefix, directory)
                .asking(WordJob.Asking.always(
                        1,
                        new ScriptedTeacherSource(
                                directory.resolve(prefix + "log").toString())));
        ServingConfig config = words.config(pipeline.bootstrapServers());
        OperatorSettings decode = config.decode();
        return new ServingConfig(
                new OperatorSettings(
                        decode.jobName(), decode.kafka(), decode.student(), decode.ask(), budgets, decode.teacher()),
                config.parallelism(),
                config.delivery(),
                config.checkpointInterval(),
                config.restartAttempts());
    }
}
