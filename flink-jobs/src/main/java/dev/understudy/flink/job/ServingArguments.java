package dev.understudy.flink.job;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.account.HelpShards;
import dev.understudy.budget.control.UseControl;
import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.decode.OperatorSettings;
import dev.understudy.flink.decode.StudentConfig;
import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.lm.Kernel;
import dev.understudy.teacher.TeacherRates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of a serving job, and how {@code key=value} arguments become them; names all problems at once. */
public final class ServingArguments {
    private static final SettingKind<String> TEXT = SettingKind.text();
    private static final SettingKind<String> PATH = SettingKind.path();
    private static final SettingKind<Duration> TIME = SettingKind.duration(Duration.ofMillis(1));
    private static final AskConfig USUAL = AskConfig.of(new AskPolicy.Never());

    private static final Setting<String> JOB_NAME = Setting.of(
            "serving.job-name", TEXT, "serving", "Name of the job, its consumer group and its transactions.");
    private static final Setting<Integer> PARALLELISM = Setting.of(
            "serving.parallelism",
            SettingKind.count(1, HelpShards.COUNT),
            1,
            "Decoding subtasks; more than the prompt topic has partitions stay idle.");
    private static final Setting<ServingConfig.Delivery> DELIVERY = Setting.of(
            "serving.delivery",
            SettingKind.choice(ServingConfig.Delivery.class),
            ServingConfig.Delivery.EXACTLY_ONCE,
            "Exactly once: completions become visible with the next Flink checkpoint. At least once: at once, and some"
                    + " may come again after a failure, with the same id.");
    private static final Setting<Duration> CHECKPOINT_INTERVAL = Setting.of(
            "serving.checkpoint-interval",
            SettingKind.duration(Duration.ofMillis(10)),
            Duration.ofSeconds(1),
            "Time between Flink checkpoints; help that was granted can be spent after one.");
    private static final Setting<Integer> RESTARTS = Setting.of(
            "serving.restart-attempts",
            SettingKind.count(0, Integer.MAX_VALUE),
            10,
            "Failures that the job survives before it ends.");

    private static final Setting<String> INITIAL_ID = Setting.of(
            "decode.initial-id", TEXT, "p0", "Checkpoint id of the version that serves until another is assigned.");
    private static final Setting<String> INITIAL_MODEL = Setting.required(
            "decode.initial-model", PATH, "Hugging Face directory of that version; also gives the tokenizer.");
    private static final Setting<Kernel> KERNEL = Setting.of(
            "decode.kernel",
            SettingKind.choice(Kernel.decoding()),
            Kernel.AUTO,
            "How weights are multiplied; auto measures once and logs what it chose. vector needs a JVM with --add-modules jdk.incubator.vector (in a cluster: env.java.opts.all).");
    private static final Setting<List<Integer>> END_IDS = Setting.of(
            "decode.end-ids",
            SettingKind.list(SettingKind.count(0, Integer.MAX_VALUE)),
            List.of(),
            "Token ids that end every completion; none takes the model's own end token.");
    private static final Setting<Integer> ROWS = Setting.of(
            "decode.rows", SettingKind.count(1, 1024), 16, "Most sequences that one subtask decodes at once.");
    private static final Setting<Double> AUDIT_SHARE = Setting.of(
            "decode.audit-share",
            SettingKind.number(0, 1),
            USUAL.auditShare(),
            "Probability that a finished sequence is shown whole to the teacher.");
    private static final Setting<Boolean> CLOSING_LOOK = Setting.of(
            "decode.closing-look",
            SettingKind.flag(),
            USUAL.closingLook(),
            "Whether the teacher reads the tail after the last ask; costs one call.");
    private static final Setting<Duration> TEACHER_TIMEOUT =
            Setting.of("decode.teacher-timeout", TIME, USUAL.timeout(), "Longest look; one that timed out stays paid.");
    private static final Setting<Duration> TEACHER_PAUSE = Setting.of(
            "decode.teacher-pause",
            SettingKind.duration(Duration.ZERO),
            USUAL.pause(),
            "Nothing is asked for so long after a failed look.");

    private static final Setting<String> TEACHER = Setting.of(
            "teacher.directory",
            new SettingKind<>("a path", text -> text, text -> text),
            "",
            "Hugging Face directory of the teacher; needed unless the policy is never and the audit share 0.");
    private static final Setting<String> CALL_LOG = Setting.of(
            "teacher.call-log",
            new SettingKind<>("a path", text -> text, text -> text),
            "",
            "Append-only file of every call of the teacher; needed with a teacher.");

    private static final Setting<Long> CALL_PRICE = rate("call", "What the teacher charges for a call.");
    private static final Setting<Long> READ_PRICE =
            rate("thousand-read", "What it charges for a thousand tokens that it reads; cached ones are free.");
    private static final Setting<Long> WRITTEN_PRICE =
            rate("thousand-written", "What it charges for a thousand tokens that it writes.");

    /** Every setting, in the order of the configuration page. */
    public static final List<Setting<?>> SETTINGS = settings();

    private ServingArguments() {}

    private static Setting<Long> rate(String part, String meaning) {
        return Setting.of(
                "teacher.micro-dollars." + part, SettingKind.whole(0, Long.MAX_VALUE), 0L, meaning + " Micro-dollars.");
    }

    private static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(JobSettings.KAFKA);
        all.addAll(List.of(JOB_NAME, PARALLELISM, DELIVERY, CHECKPOINT_INTERVAL, RESTARTS));
        all.addAll(List.of(INITIAL_ID, INITIAL_MODEL, JobSettings.STORE, KERNEL, END_IDS, ROWS));
        all.addAll(PolicyArguments.settings());
        all.addAll(TargetArguments.settings());
        all.addAll(List.of(AUDIT_SHARE, CLOSING_LOOK, TEACHER_TIMEOUT, TEACHER_PAUSE, TEACHER, CALL_LOG));
        all.addAll(List.of(CALL_PRICE, READ_PRICE, WRITTEN_PRICE));
        all.addAll(BudgetArguments.settings());
        return List.copyOf(all);
    }

    /**
     * The settings.
     *
     * @throws dev.understudy.config.SettingsException naming every unknown, missing or malformed argument
     */
    public static ServingConfig parse(String... arguments) {
        SettingsReader given = new SettingsReader(arguments);
        KafkaAccess kafka = JobSettings.kafka(given);
        String name = given.read(JOB_NAME);
        StudentConfig student = student(given);
        HelpTarget target = TargetArguments.target(given);
        AskConfig ask = ask(given, target);
        BudgetConfig budgets = BudgetArguments.budgets(given, target);
        UseControl use = TargetArguments.use(given);
        TeacherSource teacher = teacher(given, ask);
        int parallelism = given.read(PARALLELISM);
        ServingConfig.Delivery delivery = given.read(DELIVERY);
        Duration interval = given.read(CHECKPOINT_INTERVAL);
        int attempts = given.read(RESTARTS);
        return given.finish(
                "the serving job",
                () -> new ServingConfig(
                        new OperatorSettings(name, kafka, student, ask, budgets, teacher, use),
                        parallelism,
                        delivery,
                        interval,
                        attempts));
    }

    private static StudentConfig student(SettingsReader given) {
        return new StudentConfig(
                given.read(INITIAL_ID),
                given.read(INITIAL_MODEL, "."),
                given.read(JobSettings.STORE, "."),
                given.read(KERNEL),
                given.read(END_IDS),
                given.read(ROWS));
    }

    private static AskConfig ask(SettingsReader given, HelpTarget target) {
        return new AskConfig(
                PolicyArguments.policy(given, target),
                given.read(AUDIT_SHARE),
                given.read(CLOSING_LOOK),
                given.read(TEACHER_TIMEOUT),
                given.read(TEACHER_PAUSE));
    }

    private static @Nullable TeacherSource teacher(SettingsReader given, AskConfig ask) {
        String directory = given.read(TEACHER);
        String log = given.read(CALL_LOG);
        TeacherRates rates =
                new TeacherRates(given.read(CALL_PRICE), given.read(READ_PRICE), given.read(WRITTEN_PRICE));
        if (directory.isEmpty()) {
            if (!(ask.policy() instanceof AskPolicy.Never) || ask.auditShare() > 0) {
                given.problem("teacher.directory is missing; expected a path, or decode.policy=never with"
                        + " decode.audit-share=0");
            }
            return null;
        }
        if (log.isEmpty()) {
            given.problem("teacher.call-log is missing; expected a path, since the calls of a teacher are always"
                    + " logged");
        }
        return new LocalTeacherSource(directory, log, rates);
    }
}
