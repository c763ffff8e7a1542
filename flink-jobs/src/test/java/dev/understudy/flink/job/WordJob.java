package dev.understudy.flink.job;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.lm.Kernel;
import dev.understudy.wire.prompt.PromptSubmitted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A serving job for prompts of known words, and such prompts.
 *
 * @param prefix of its topics
 * @param folder where models, stores and call logs are
 * @param model folder of the student in there
 * @param rows sequences at once of each subtask
 * @param parallelism decoding subtasks
 * @param asking when it asks, and whom
 */
record WordJob(
        String prefix, Path folder, String model, int rows, int parallelism, Asking asking, Duration checkpoints) {
    static final String TENANT = "acme";

    /** Checkpoints of Flink, which also set the pace at which help arrives. */
    static final Duration CHECKPOINTS = Duration.ofMillis(200);

    /**
     * @param cap teacher tokens that the tenant has
     * @param teacher null for none
     * @param patience how long a sequence waits for allowance
     */
    record Asking(AskConfig config, long cap, @Nullable TeacherSource teacher, Duration patience) {
        static final Asking NEVER = new Asking(AskConfig.never(), 0, null, Duration.ZERO);

        /** Asks for a share of the tokens, drawn for each position, so that equal runs ask at equal positions. */
        static Asking share(double share, long cap, TeacherSource teacher) {
            return new Asking(plain(new AskPolicy.Random(share)), cap, teacher, Duration.ZERO);
        }

        static Asking always(long cap, TeacherSource teacher) {
            return new Asking(plain(new AskPolicy.Always()), cap, teacher, Duration.ZERO);
        }

        /** The same, by sequences that rather wait than go on alone. */
        Asking waiting() {
            return new Asking(config, cap, teacher, Duration.ofMinutes(2));
        }

        private static AskConfig plain(AskPolicy policy) {
            return new AskConfig(policy, 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
        }
    }

    /** Two subtasks of eight rows that never ask; the student is in the folder {@code student}. */
    static WordJob alone(String prefix, Path folder) {
        return new WordJob(prefix, folder, "student", 8, 2, Asking.NEVER, CHECKPOINTS);
    }

    WordJob asking(Asking other) {
        return new WordJob(prefix, folder, model, rows, parallelism, other, checkpoints);
    }

    WordJob student(String other, int itsRows) {
        return new WordJob(prefix, folder, other, itsRows, parallelism, asking, checkpoints);
    }

    WordJob parallelism(int other) {
        return new WordJob(prefix, folder, model, rows, other, asking, checkpoints);
    }

    WordJob checkpoints(Duration other) {
        return new WordJob(prefix, folder, model, rows, parallelism, asking, other);
    }

    ServingConfig config(String bootstrapServers) {
        BudgetConfig budgets = BudgetConfig.of(
                        List.of(TenantBudget.of(TENANT, asking.cap(), asking.cap() * 100, Duration.ofHours(1))
                                .withAuditShare(0)
                                .aimingAt(new HelpTarget.Fixed())))
                .waiting(asking.patience());
        StudentConfig student = new StudentConfig(
                "p0",
                folder.resolve(model).toString(),
                folder.resolve(prefix + "store").toString(),
                Kernel.FP32,
                List.of(TinyModels.END),
                rows);
        return new ServingConfig(
                new OperatorSettings(
                        "serving",
                        new KafkaAccess(bootstrapServers, prefix),
                        student,
                        asking.config(),
                        budgets,
                        asking.teacher()),
                parallelism,
                ServingConfig.Delivery.EXACTLY_ONCE,
                checkpoints,
                10);
    }

    static List<PromptSubmitted> prompts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(WordJob::prompt).toList();
    }

    static List<PromptSubmitted> longPrompts(int count) {
        return prompts(0, count).stream()
                .map(prompt ->
                        PromptSubmitted.newBuilder(prompt).setMaxTokens(40).build())
                .toList();
    }

    static PromptSubmitted prompt(int i) {
        return PromptSubmitted.newBuilder()
                .setId("p-" + i)
                .setTenant(TENANT)
                .setWorkload("words")
                .setText("w" + (1 + i % 40) + " w" + (2 + i % 31) + " w" + (3 + i % 23))
                .setMaxTokens(24)
                .setConsent(true)
                .setSubmittedAt(Instant.EPOCH)
                .build();
    }
}
