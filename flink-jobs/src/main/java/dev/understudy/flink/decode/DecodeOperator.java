package dev.understudy.flink.decode;

import dev.understudy.budget.account.HelpShards;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.Help;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.flink.budget.SubtaskHelp;
import dev.understudy.flink.prompt.SlotGate;
import dev.understudy.flink.swap.ModelLoading;
import dev.understudy.flink.swap.ModelVersion;
import dev.understudy.flink.topic.ControlRecord;
import dev.understudy.flink.topic.ControlRecord.Configured.Author;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.topic.TopicFollower.Isolation;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.ControlRecords;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.prompt.Dialect;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.swap.Assignment;
import dev.understudy.teacher.Teacher;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decodes prompts on the task's mailbox.
 *
 * <pre>
 *   gated source ─► processElement ─► session ─► completions, signals, rejections, swap reports
 *                        (never blocks)  ▲
 *   mails: decode step ──────────────────┤   puts itself back while there is work
 *          prompt that was read ─────────┤   from the intake thread
 *          teacher reply ────────────────┤   from the teacher's thread
 *          loaded model ─────────────────┤   from the loader thread
 *          grant, price, assignment ─────┘   from the control thread
 * </pre>
 *
 * Every step is one short mail, so a barrier waits for one step at most, whatever the length of the sequences.
 * Sequences in flight are split state: a rescale deals them out anew. All methods run on the task thread.
 */
final class DecodeOperator extends AbstractStreamOperator<WireRecord>
        implements OneInputStreamOperator<TopicRecord, WireRecord> {
    private static final long serialVersionUID = 1;

    /** Time between two looks for sequences that have waited long enough. */
    private static final long WAIT_MILLIS = 100;

    private final OperatorSettings settings;
    private final transient MailboxExecutor mailbox;
    private final transient Clock clock;
    private final transient Closing closing = new Closing();
    private transient ListState<byte[]> sequenceState;
    private transient ListState<byte[]> shardState;
    private transient SlotGate gate;
    private transient SubtaskHelp help;
    private transient DecodeMetrics decodeMetrics;
    private transient @Nullable DecodeSession session;
    private transient List<SequenceSnapshot> restored = List.of();
    private transient @Nullable ScheduledFuture<?> waits;
    private transient boolean stepQueued;
    private transient boolean admitted;

    @SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
    DecodeOperator(StreamOperatorParameters<WireRecord> parameters, OperatorSettings settings) {
        super(parameters);
        this.settings = settings;
        mailbox = parameters.getMailboxExecutor();
        clock = new TaskClock(parameters.getProcessingTimeService());
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        gate = SlotGate.install();
        decodeMetrics = new DecodeMetrics(getMetricGroup());
        sequenceState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(
                        "sequences-in-flight", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        shardState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(
                        "help-shards", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        List<SequenceSnapshot> sequences = new ArrayList<>();
        for (byte[] sequence : sequenceState.get()) {
            sequences.add(SequenceCodec.decode(sequence));
        }
        restored = sequences;
    }

    @Override
    public void open() throws Exception {
        super.open();
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        SubtaskHelp.Place place = new SubtaskHelp.Place(
                settings.jobName(),
                subtask,
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                HelpShards.incarnation(clock.instant(), UUID.randomUUID().getLeastSignificantBits()));
        help = closing.later(new SubtaskHelp(settings.kafka(), settings.budgets(), place, fixedPrice()));
        help.restore(shardState.get());
        ControlRecords records = new ControlRecords(settings.kafka(), settings.budgets());
        TopicFollower control = closing.later(new TopicFollower(
                settings.kafka().bootstrapServers(), settings.kafka().name(Topics.CONTROL), Isolation.COMMITTED));
        List<ControlRecord> known = new ArrayList<>();
        control.readToEnd(value -> records.read(value).ifPresent(known::add));
        DecodeSession opened = closing.later(session(subtask, known));
        session = opened;
        known.forEach(this::obey);
        restored.forEach(opened::resume);
        decodeMetrics.resumed(restored.size());
        restored = List.of();
        follow(control, records, subtask);
        if (!settings.budgets().patience().isZero()) {
            waits = getProcessingTimeService().scheduleAtFixedRate(time -> endWaits(), WAIT_MILLIS, WAIT_MILLIS);
        }
        afterMail();
    }

    private double fixedPrice() {
        int vocabulary = ModelConfig.read(Path.of(settings.student().initialDirectory()))
                .shape()
                .vocabulary();
        return settings.ask().policy().fixedPrice(vocabulary);
    }

    private DecodeSession session(int subtask, List<ControlRecord> known) {
        StudentConfig student = settings.student();
        Path directory = Path.of(student.initialDirectory());
        Engine engine = Engine.installed();
        Tokenizer tokenizer = closing.later(engine.tokenizer(directory));
        Dialect dialect = Dialect.of(tokenizer, PromptTemplate.read(directory));
        ModelLoading loading = new ModelLoading(
                engine,
                student.kernel(),
                new FileCheckpointStore(Path.of(student.storeDirectory())),
                new CheckpointId(student.initialId()),
                directory,
                dialect,
                settings.ask().policy(),
                clock);
        DecodeConfig config = DecodeConfig.of(student.rows(), endIds(student, directory), settings.ask());
        return new DecodeSession(
                settings,
                new DecodeSession.Host(
                        subtask,
                        clock,
                        this::mail,
                        record -> output.collect(new StreamRecord<>(record)),
                        finished -> {
                            decodeMetrics.finished(finished);
                            help.finished(finished);
                        },
                        decodeMetrics),
                config,
                tokenizer,
                loading,
                first(loading, known),
                help(subtask, dialect));
    }

    private static List<Integer> endIds(StudentConfig student, Path directory) {
        if (!student.endIds().isEmpty()) {
            return student.endIds();
        }
        List<Integer> ends = ModelConfig.endIds(directory);
        if (ends.isEmpty()) {
            throw new IllegalStateException(
                    "Cannot serve " + directory + ": neither config.json nor generation_config.json names "
                            + "an eos_token_id, and without one no completion ends. Set 'decode.end-ids'.");
        }
        return ends;
    }

    private Help help(int subtask, Dialect dialect) {
        TeacherSource source = settings.teacher();
        if (source == null) {
            return Help.none();
        }
        source.dialect().ifPresent(theirs -> meet(source, theirs, dialect));
        Teacher teacher = SharedTeachers.acquire(source);
        closing.later(() -> SharedTeachers.release(source));
        String caller = getRuntimeContext().getJobInfo().getJobId() + "/" + subtask + "/" + clock.millis();
        return new Help(teacher, help.allowance(), help.audits(), help.prices(), this::mail, caller);
    }

    private static void meet(TeacherSource source, Dialect teacher, Dialect student) {
        teacher.objection(student).ifPresent(objection -> {
            throw new IllegalStateException("Cannot ask " + source + " for the student's tokens: " + objection + ".");
        });
        teacher.warning(student).ifPresent(warning -> LOG.warn("Teacher and student differ. difference={}", warning));
    }

    /** The version assigned last, so that a restart does not begin on yesterday's; else the one to start with. */
    private static ModelVersion first(ModelLoading loading, List<ControlRecord> known) {
        Assignment newest = null;
        for (ControlRecord record : known) {
            if (record instanceof ControlRecord.Assigned assigned
                    && (newest == null || assigned.assignment().sequence() > newest.sequence())) {
                newest = assigned.assignment();
            }
        }
        if (newest != null && !newest.blocked().contains(newest.version())) {
            try {
                return loading.load(newest.version());
            } catch (RuntimeException e) {
                // The swap tries again when it hears of the assignment, and reports.
                LOG.warn("Cannot start on the assigned version; looking again. version={}", newest.version(), e);
            }
        }
        return loading.load(loading.initial());
    }

    private void follow(TopicFollower control, ControlRecords records, int subtask) {
        control.follow(
                "understudy-control-" + subtask,
                getUserCodeClassloader(),
                value -> records.read(value)
                        .ifPresent(record -> mailbox.execute(
                                () -> {
                                    obey(record);
                                    afterMail();
                                },
                                "control record")),
                failure -> mailbox.execute(
                        () -> {
                            throw new IllegalStateException("The control topic cannot be followed any more.", failure);
                        },
                        "control failure"));
    }

    private void obey(ControlRecord record) {
        if (record instanceof ControlRecord.Granted granted) {
            help.granted(granted.grant());
        } else if (record instanceof ControlRecord.Priced priced) {
            help.priced(priced.price());
        } else if (record instanceof ControlRecord.Configured configured) {
            if (configured.author() == Author.OPERATOR) {
                help.changed(configured.change());
            }
        } else if (record instanceof ControlRecord.Assigned assigned) {
            running().assigned(assigned.assignment());
        }
    }

    @Override
    public void processElement(StreamRecord<TopicRecord> element) {
        running().arrive(element.getValue());
        admitted = true;
        afterMail();
    }

    /** A mail may come when the task is about to stop; the sequences are in the last snapshot then. */
    private void mail(Runnable task) {
        try {
            mailbox.execute(
                    () -> {
                        task.run();
                        afterMail();
                    },
                    "decode mail");
        } catch (RejectedExecutionException stopping) {
            LOG.debug("A mail came too late; the task stops.");
        }
    }

    private void afterMail() {
        DecodeSession current = running();
        current.admitRead();
        if (current.hasRoom()) {
            gate.open();
        } else {
            gate.close();
        }
        if (stepQueued || !current.hasWork()) {
            return;
        }
        try {
            mailbox.execute(this::step, "decode step");
            stepQueued = true;
        } catch (RejectedExecutionException stopping) {
            // Stop with savepoint: the mailbox takes no more mails, and the sequences are in the snapshot.
            LOG.debug("No further decode step; the task stops.");
        }
    }

    private void endWaits() {
        running().endWaits();
        afterMail();
    }

    private void step() {
        stepQueued = false;
        DecodeSession current = running();
        // Burst rule: while records keep coming and rows are free, admit before stepping. With a mail pending the
        // input gives one record a turn; stepping each time would leave the batch mostly empty (10 of 32 rows).
        if (!admitted || !current.hasRoom()) {
            current.step();
        }
        admitted = false;
        afterMail();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        // Not in snapshotState: a rejection must come before the barrier, as the record that it answers did.
        running().settle();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        List<byte[]> sequences = new ArrayList<>();
        running().snapshot().forEach(sequence -> sequences.add(SequenceCodec.encode(sequence)));
        sequenceState.update(sequences);
        shardState.update(help.snapshot(context.getCheckpointId(), clock.instant()));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        help.checkpointCompleted(checkpointId);
        running().allowanceMayHaveCome();
        afterMail();
    }

    /** The input has ended: decodes what is in flight to its end. */
    @Override
    public void finish() throws Exception {
        while (!running().isEmpty()) {
            mailbox.yield();
        }
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (gate != null) {
            gate.uninstall();
        }
        if (waits != null) {
            waits.cancel(false);
        }
        closing.close();
        super.close();
    }

    private DecodeSession running() {
        DecodeSession current = session;
        if (current == null) {
            throw new IllegalStateException("[BUG] the decode operator is used before it is open");
        }
        return current;
    }
}
