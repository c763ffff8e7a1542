package dev.understudy.flink.job;

import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.distil.DistilConfig;
import dev.understudy.distil.Objective;
import dev.understudy.distil.divergence.Divergence;
import dev.understudy.flink.distil.DistilOperatorConfig;
import dev.understudy.flink.distil.DistilPlaces;
import dev.understudy.flink.distil.PoisonedRound;
import dev.understudy.flink.distil.RoundTrigger;
import dev.understudy.flink.distil.SeedFiles;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.gate.GateConfig;
import dev.understudy.signal.ReplayConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a distillation job, and how {@code key=value} arguments become them; names all problems at once. */
public final class DistillationArguments {
    private static final SettingKind<String> PATH = SettingKind.path();
    private static final SettingKind<String> OPTIONAL_PATH = new SettingKind<>("a path", text -> text, text -> text);
    private static final SettingKind<Integer> AT_LEAST_ONE = SettingKind.count(1, Integer.MAX_VALUE);
    private static final RoundTrigger TRIGGER = RoundTrigger.defaults();
    private static final DistilConfig ROUND = DistilConfig.defaults();

    private static final Setting<String> JOB_NAME = Setting.of(
            "distil.job-name",
            SettingKind.text(),
            "distillation",
            "Name of the job, its consumer group and its transactions.");
    private static final Setting<String> INITIAL_MODEL = Setting.required(
            "distil.initial-model", PATH, "Hugging Face directory that serves before the first publication.");
    private static final Setting<String> WORK = Setting.required(
            "distil.work", PATH, "Root of the staged states of running rounds; survives a restart of the task.");
    private static final Setting<Duration> CHECKPOINT_INTERVAL = Setting.of(
            "distil.checkpoint-interval",
            SettingKind.duration(Duration.ofMillis(10)),
            Duration.ofSeconds(1),
            "Time between Flink checkpoints, also the longest time between verdict and publication.");
    private static final Setting<Integer> RESTARTS = Setting.of(
            "distil.restart-attempts",
            SettingKind.count(0, Integer.MAX_VALUE),
            10,
            "Failures that the job survives before it ends.");

    private static final Setting<Integer> MIN_SIGNALS =
            Setting.of("distil.min-signals", AT_LEAST_ONE, TRIGGER.minSignals(), "New signals that begin a round.");
    private static final Setting<Duration> EVERY = Setting.of(
            "distil.every",
            SettingKind.duration(Duration.ZERO),
            TRIGGER.every(),
            "Longest pause between the beginnings of two rounds while there are new signals; 0s is no limit.");
    private static final Setting<Integer> SAVE_EVERY = Setting.of(
            "distil.save-every",
            AT_LEAST_ONE,
            TRIGGER.saveEvery(),
            "Optimiser steps between two saved states of a running round.");
    private static final Setting<Integer> STEPS =
            Setting.of("distil.steps", AT_LEAST_ONE, ROUND.steps(), "Optimiser steps of a round.");
    private static final Setting<Integer> BATCH =
            Setting.of("distil.batch", AT_LEAST_ONE, ROUND.batch(), "Sequences of a step.");
    private static final Setting<Double> LEARNING_RATE = Setting.of(
            "distil.learning-rate",
            SettingKind.numberAbove(0, Double.POSITIVE_INFINITY),
            ROUND.learningRate(),
            "Peak learning rate.");
    private static final Setting<Integer> WARM_UP = Setting.of(
            "distil.warm-up",
            SettingKind.count(0, Integer.MAX_VALUE),
            ROUND.warmUp(),
            "Steps of linear warm-up, fewer than distil.steps.");
    private static final Setting<Double> REPLAY_SHARE = Setting.of(
            "distil.replay-share",
            SettingKind.number(0, 1),
            ROUND.replayShare(),
            "Part of the rows drawn from the replay file, below 1.");
    private static final Setting<String> DIVERGENCE = Setting.of(
            "distil.divergence.kind",
            new SettingKind<>(
                    "one of " + String.join(", ", Divergence.KINDS), DistillationArguments::divergence, kind -> kind),
            ROUND.objective().divergence().kind(),
            "What is minimised between teacher and student.");
    private static final Setting<Double> BETA = Setting.of(
            "distil.divergence.beta",
            SettingKind.number(0, 1),
            0.5,
            "Weight of the teacher in the mixture of generalised-jsd.");
    private static final Setting<Double> SKEW = Setting.of(
            "distil.divergence.skew",
            SettingKind.number(0, 1),
            0.1,
            "Weight of the first distribution in the mixture of the skewed divergences.");
    private static final Setting<Integer> TOP_K = Setting.of(
            "distil.top-k",
            AT_LEAST_ONE,
            ROUND.objective().topK(),
            "Ids of a teacher distribution that are used; the rest goes into the tail bucket.");
    private static final Setting<Long> SEED = Setting.of(
            "distil.seed",
            SettingKind.whole(Long.MIN_VALUE, Long.MAX_VALUE),
            ROUND.seed(),
            "Seed of the draws, together with the round's number.");
    private static final Setting<String> REPLAY_FILE = Setting.of(
            "distil.replay-file",
            OPTIONAL_PATH,
            "",
            "Pairs {\"workload\",\"prompt\",\"completion\"} that the initial model was trained on, one a line.");
    private static final Setting<String> HELD_OUT_FILE = Setting.of(
            "distil.held-out-file",
            OPTIONAL_PATH,
            "",
            "Verified pairs of the same form for the gate, never trained on.");
    private static final Setting<Double> REPLAY_WEIGHT = Setting.of(
            "distil.replay-weight.<workload>",
            SettingKind.numberAbove(0, Double.POSITIVE_INFINITY),
            1.0,
            "Weight of a workload's replay pairs in the draw.");
    private static final Setting<Long> POISONED_ROUND = Setting.of(
            "demo.poisoned-round",
            SettingKind.whole(0, Long.MAX_VALUE),
            0L,
            "Round whose labels are shuffled, to see the gate refuse it; 0 for none.");
    private static final Setting<String> POISONED_WORKLOAD = Setting.of(
            "demo.poisoned-workload",
            new SettingKind<>("a workload", text -> text, text -> text),
            "",
            "Workload whose labels are shuffled in that round.");

    /** Every setting, in the order of the configuration page. */
    public static final List<Setting<?>> SETTINGS = settings();

    private DistillationArguments() {}

    private static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(JobSettings.KAFKA);
        all.addAll(List.of(JOB_NAME, CHECKPOINT_INTERVAL, RESTARTS, INITIAL_MODEL, JobSettings.STORE, WORK));
        all.addAll(List.of(MIN_SIGNALS, EVERY, SAVE_EVERY, STEPS, BATCH, LEARNING_RATE, WARM_UP, REPLAY_SHARE));
        all.addAll(List.of(
                DIVERGENCE,
                BETA,
                SKEW,
                TOP_K,
                SEED,
                REPLAY_FILE,
                HELD_OUT_FILE,
                REPLAY_WEIGHT,
                POISONED_ROUND,
                POISONED_WORKLOAD));
        return List.copyOf(all);
    }

    /**
     * The settings.
     *
     * @throws dev.understudy.config.SettingsException naming every unknown, missing or malformed argument
     */
    public static DistillationConfig parse(String... arguments) {
        SettingsReader given = new SettingsReader(arguments);
        KafkaAccess kafka = JobSettings.kafka(given);
        String name = given.read(JOB_NAME);
        Duration interval = given.read(CHECKPOINT_INTERVAL);
        int attempts = given.read(RESTARTS);
        DistilPlaces places = new DistilPlaces(
                given.read(JobSettings.STORE, "."), given.read(INITIAL_MODEL, "."), given.read(WORK, "."));
        RoundTrigger trigger = new RoundTrigger(given.read(MIN_SIGNALS), given.read(EVERY), given.read(SAVE_EVERY));
        int steps = given.read(STEPS);
        int batch = given.read(BATCH);
        double rate = given.read(LEARNING_RATE);
        int warmUp = given.read(WARM_UP);
        double replay = given.read(REPLAY_SHARE);
        String kind = given.read(DIVERGENCE);
        double beta = given.read(BETA);
        double skew = given.read(SKEW);
        int topK = given.read(TOP_K);
        long seed = given.read(SEED);
        String replayFile = given.read(REPLAY_FILE);
        String heldOutFile = given.read(HELD_OUT_FILE);
        Map<String, Double> weights = new TreeMap<>();
        for (String workload : given.names(List.of(REPLAY_WEIGHT))) {
            weights.put(workload, given.readNamed(REPLAY_WEIGHT, workload));
        }
        PoisonedRound poison = new PoisonedRound(given.read(POISONED_ROUND), given.read(POISONED_WORKLOAD));
        return given.finish(
                "the distillation job",
                () -> new DistillationConfig(
                        name,
                        kafka,
                        new DistilOperatorConfig(
                                places,
                                trigger,
                                new DistilConfig(
                                        steps,
                                        batch,
                                        rate,
                                        warmUp,
                                        replay,
                                        new Objective(Divergence.of(kind, beta, skew), topK),
                                        seed),
                                GateConfig.defaults(),
                                ReplayConfig.defaults(),
                                new SeedFiles(replayFile, heldOutFile, weights),
                                poison),
                        interval,
                        attempts));
    }

    private static String divergence(String kind) {
        if (!Divergence.KINDS.contains(kind)) {
            throw new IllegalArgumentException(kind);
        }
        return kind;
    }
}
