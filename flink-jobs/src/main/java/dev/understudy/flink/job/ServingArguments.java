package dev.understudy.flink.job;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.lm.Kernel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code key=value} arguments into the settings of a serving job; names all problems at once. */
public final class ServingArguments {
    private static final String BUDGET = "budget.tenant.";
    private static final String BUDGET_EXAMPLE = "tokens,calls,window such as 5000,20000,PT1M";

    private ServingArguments() {}

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming every unknown, missing or malformed argument
     */
    public static ServingConfig parse(String... arguments) {
        KeyedArguments given = new KeyedArguments(arguments);
        KafkaAccess kafka = new KafkaAccess(
                given.text("kafka.bootstrap-servers", "localhost:9092"), given.text("topics.prefix", ""));
        String name = given.text("serving.job-name", "serving");
        StudentConfig student = student(given);
        HelpTarget target = PolicyArguments.target(given);
        AskConfig ask = ask(given, target);
        BudgetConfig budgets = budgets(given, target);
        TeacherSource teacher = teacher(given, ask);
        int parallelism = given.value("serving.parallelism", 1, Integer::valueOf);
        ServingConfig.Delivery delivery = given.value(
                "serving.delivery",
                ServingConfig.Delivery.EXACTLY_ONCE,
                text -> ServingConfig.Delivery.valueOf(constant(text)));
        Duration interval = given.value("serving.checkpoint-interval", Duration.ofSeconds(1), Duration::parse);
        int attempts = given.value("serving.restart-attempts", 10, Integer::valueOf);
        given.finish("serving job");
        return new ServingConfig(
                new OperatorSettings(name, kafka, student, ask, budgets, teacher),
                parallelism,
                delivery,
                interval,
                attempts);
    }

    private static StudentConfig student(KeyedArguments given) {
        return new StudentConfig(
                given.text("decode.initial-id", "p0"),
                given.required("decode.initial-model"),
                given.required("checkpoint.store"),
                given.value("decode.kernel", Kernel.FP16_PACKED, text -> Kernel.valueOf(constant(text))),
                given.value(
                        "decode.end-ids",
                        List.<Integer>of(),
                        text -> Arrays.stream(text.split(",", -1))
                                .map(Integer::valueOf)
                                .toList()),
                given.value("decode.rows", 16, Integer::valueOf));
    }

    private static AskConfig ask(KeyedArguments given, HelpTarget target) {
        AskConfig usual = AskConfig.of(PolicyArguments.policy(given, target));
        return new AskConfig(
                usual.policy(),
                given.value("decode.audit-share", usual.auditShare(), Double::valueOf),
                given.value("decode.closing-look", usual.closingLook(), Boolean::valueOf),
                given.value("decode.teacher-timeout", usual.timeout(), Duration::parse),
                given.value("decode.teacher-pause", usual.pause(), Duration::parse));
    }

    private static BudgetConfig budgets(KeyedArguments given, HelpTarget target) {
        Map<String, String> tenants = given.values(BUDGET, BUDGET_EXAMPLE, text -> {
            budget("check", text);
            return text;
        });
        tenants.remove("");
        if (tenants.isEmpty()) {
            given.problem("'" + BUDGET + "<name>=" + BUDGET_EXAMPLE + "' is missing");
        }
        return BudgetConfig.of(tenants.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(BUDGET_EXAMPLE))
                .map(entry -> budget(entry.getKey(), entry.getValue()).aimingAt(target))
                .toList());
    }

    private static TenantBudget budget(String tenant, String text) {
        String[] parts = text.split(",", -1);
        return TenantBudget.of(tenant, Long.parseLong(parts[0]), Long.parseLong(parts[1]), Duration.parse(parts[2]));
    }

    private static @Nullable TeacherSource teacher(KeyedArguments given, AskConfig ask) {
        String directory = given.text("teacher.directory", "");
        String log = given.text("teacher.call-log", "");
        if (directory.isEmpty()) {
            if (!(ask.policy() instanceof AskPolicy.Never) || ask.auditShare() > 0) {
                given.problem("'teacher.directory' is missing; without a teacher the policy is never and the "
                        + "audit share 0");
            }
            return null;
        }
        if (log.isEmpty()) {
            given.problem("'teacher.call-log' is missing; the calls of a teacher are always logged");
        }
        return new LocalTeacherSource(directory, log);
    }

    private static String constant(String text) {
        return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
