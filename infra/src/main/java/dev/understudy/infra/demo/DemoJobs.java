package dev.understudy.infra.demo;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.distil.DistilConfig;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.distil.DistilPlaces;
import dev.understudy.flink.distil.PoisonedRound;
import dev.understudy.flink.distil.RoundTrigger;
import dev.understudy.flink.distil.SeedFiles;
import dev.understudy.flink.job.DistillationConfig;
import dev.understudy.flink.job.ServingConfig;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.gate.GateConfig;
import dev.understudy.infra.demo.DemoOptions.Sabotage;
import dev.understudy.lm.Kernel;
import dev.understudy.signal.ReplayConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The demo's settings of both jobs, in one place. */
final class DemoJobs {
    static final Duration WINDOW = Duration.ofSeconds(60);
    static final long LARGE_TOKENS = 60_000;
    static final long SMALL_TOKENS = 1_000;
    private static final long LARGE_CALLS = 60_000;
    private static final long SMALL_CALLS = 2_000;
    private static final double AUDITS = 0.05;
    private static final double TARGET = 0.98;
    private static final int ROWS = 32;
    private static final int RESTARTS = 3;
    private static final Duration CHECKPOINTS = Duration.ofSeconds(1);

    private final DemoOptions options;
    private final DemoFiles files;
    private final KafkaAccess kafka;

    DemoJobs(DemoOptions options, DemoFiles files, KafkaAccess kafka) {
        this.options = options;
        this.files = files;
        this.kafka = kafka;
    }

    /** Caps in teacher tokens a window, by tenant. */
    static Map<String, Long> capTokens() {
        return Map.of(Traffic.LARGE, LARGE_TOKENS, Traffic.SMALL, SMALL_TOKENS);
    }

    /** Caps in teacher calls a window, by tenant. */
    static Map<String, Long> capCalls() {
        return Map.of(Traffic.LARGE, LARGE_CALLS, Traffic.SMALL, SMALL_CALLS);
    }

    private static TenantBudget tenant(String name, long tokens, long calls) {
        return TenantBudget.of(name, tokens, calls, WINDOW).aimingAt(new HelpTarget.Quality(TARGET));
    }

    ServingConfig serving(int endId) {
        BudgetConfig budgets = BudgetConfig.of(List.of(
                tenant(Traffic.LARGE, LARGE_TOKENS, LARGE_CALLS), tenant(Traffic.SMALL, SMALL_TOKENS, SMALL_CALLS)));
        boolean silent = options.sabotage() == Sabotage.NO_ASKING;
        AskConfig ask = silent
                ? AskConfig.never()
                : new AskConfig(
                        options.cast().asking().policy(), AUDITS, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        String store = options.sabotage() == Sabotage.SWAP_IGNORED
                ? files.work().resolve("elsewhere").toString()
                : files.store().toString();
        StudentConfig student = new StudentConfig(
                DemoFiles.INITIAL, options.cast().student().toString(), store, Kernel.AUTO, List.of(endId), ROWS);
        return new ServingConfig(
                new OperatorSettings("serving", kafka, student, ask, budgets, silent ? null : teacher()),
                1,
                ServingConfig.Delivery.EXACTLY_ONCE,
                CHECKPOINTS,
                RESTARTS);
    }

    private TeacherSource teacher() {
        String log = files.callLog().toString();
        return options.cast().oracle()
                ? new OracleTeacherSource(options.cast().student().toString(), log)
                : new LocalTeacherSource(options.cast().teacher().toString(), log);
    }

    DistillationConfig distillation() {
        DistilConfig recipe = DistilConfig.defaults();
        DistilConfig round = options.sabotage() == Sabotage.NO_TRAINING
                ? new DistilConfig(
                        recipe.steps(),
                        recipe.batch(),
                        1e-12,
                        recipe.warmUp(),
                        recipe.replayShare(),
                        recipe.objective(),
                        recipe.seed())
                : recipe;
        PoisonedRound poison = options.story().schedule().poisonedRound() == 0
                ? PoisonedRound.NONE
                : new PoisonedRound(
                        options.story().schedule().poisonedRound(),
                        options.story().schedule().poisonedWorkload().id());
        DistilOperatorConfig operator = new DistilOperatorConfig(
                new DistilPlaces(
                        files.store().toString(),
                        options.cast().student().toString(),
                        files.rounds().toString()),
                new RoundTrigger(240, Duration.ZERO, 100),
                round,
                GateConfig.defaults(),
                ReplayConfig.defaults(),
                new SeedFiles(
                        files.replay().toString(),
                        files.heldOut().toString(),
                        Map.of("order-c1", 1.5, "pay-us", 1.3, "log-c1", 1.0)),
                poison);
        return new DistillationConfig("distillation", kafka, operator, CHECKPOINTS, RESTARTS);
    }
}
