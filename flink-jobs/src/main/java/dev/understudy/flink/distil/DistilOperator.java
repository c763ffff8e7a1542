package dev.understudy.flink.distil;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.flink.checkpoint.StagedCheckpoint;
import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.flink.metric.LoopMetric;
import dev.understudy.flink.signal.DistilInput;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.DistilInputs;
import dev.understudy.flink.wire.DistilRecords;
import dev.understudy.lm.engine.Engine;
import dev.understudy.signal.Quarantine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Distils signals into checkpoints inside one task; parallelism 1. Main output: verdicts; side output: staged
 * checkpoints. A running round is a mail that puts itself back, one unit of bounded work each time, so a barrier waits
 * for one training step at most.
 */
final class DistilOperator extends AbstractStreamOperator<WireRecord>
        implements OneInputStreamOperator<TopicRecord, WireRecord> {
    /** Accepted candidates on their way to the checkpoint sink. */
    static final OutputTag<StagedCheckpoint> STAGED = new OutputTag<>("staged-checkpoints") {};

    private static final int STATE_VERSION = 1;
    private static final long TICK_MILLIS = 500;
    /** Records that are let in before a training step may be put off no longer. */
    private static final int LARGEST_BURST = 32;

    private final KafkaAccess kafka;
    private final DistilOperatorConfig distilConfig;
    private transient @Nullable ScheduledFuture<?> nextTick;
    private final transient MailboxExecutor mailbox;

    private transient @Nullable ListState<byte[]> state;
    private transient @Nullable Session session;
    private transient boolean scheduled;
    private transient boolean admitted;
    private transient int burst;

    /** What is open while the task runs. */
    private record Session(
            Student student,
            DistilMemory memory,
            RoundSaves saves,
            RoundCycle cycle,
            DistilInputs inputs,
            Receiver receiver) {}

    DistilOperator(StreamOperatorParameters<WireRecord> parameters, KafkaAccess kafka, DistilOperatorConfig config) {
        super(parameters);
        this.kafka = kafka;
        distilConfig = config;
        mailbox = parameters.getMailboxExecutor();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("distil", BytePrimitiveArraySerializer.INSTANCE));
    }

    @Override
    public void open() throws Exception {
        super.open();
        Engine engine = Engine.installed();
        FileCheckpointStore store =
                new FileCheckpointStore(distilConfig.places().storePath());
        Student student = Student.open(engine, distilConfig.places().initialModelPath());
        RoundTools tools = new RoundTools(distilConfig, engine, store, student, this::now);
        RoundSaves saves = new RoundSaves(distilConfig.places().workPath());
        DataInputDeserializer restored = restored();
        DistilMemory memory = restored == null
                ? DistilMemory.begin(student, distilConfig)
                : DistilMemory.restore(student, distilConfig, restored);
        RoundCycle cycle = new RoundCycle(tools, memory, saves, new Outputs(new DistilRecords(kafka)));
        if (restored != null) {
            cycle.restore(restored);
            discardOrphans(store, cycle.round());
        }
        Receiver receiver = new Receiver(memory, cycle, getMetricGroup());
        session = new Session(student, memory, saves, cycle, new DistilInputs(kafka, student.templateHash()), receiver);
        LoopMetric.DISTIL_ROUND.gauge(getMetricGroup(), cycle::round);
        LoopMetric.DISTIL_STEP.gauge(getMetricGroup(), cycle::steps);
        LoopMetric.DISTIL_NEW_SIGNALS.gauge(getMetricGroup(), memory::fresh);
        LoopMetric.DISTIL_KEPT_BYTES.gauge(getMetricGroup(), memory::bytes);
        tick(0);
    }

    private @Nullable DataInputDeserializer restored() throws Exception {
        for (byte[] bytes : opened(state).get()) {
            DataInputDeserializer in = new DataInputDeserializer(bytes);
            int version = in.readUnsignedByte();
            if (version != STATE_VERSION) {
                throw new IOException("Cannot restore the distillation operator: its state has version " + version
                        + ", this job reads version " + STATE_VERSION + ". Restore with the release that wrote it.");
            }
            return in;
        }
        return null;
    }

    /** Candidates that were staged after the restored Flink checkpoint: nobody will publish them. */
    private void discardOrphans(FileCheckpointStore store, long nextRound) throws IOException {
        Path staging = distilConfig.places().storePath().resolve("staging");
        if (!Files.isDirectory(staging)) {
            return;
        }
        try (Stream<Path> staged = Files.list(staging)) {
            for (String name : staged.map(path -> path.getFileName().toString()).toList()) {
                if (RoundPlan.roundOf(name) >= nextRound) {
                    store.discard(new CheckpointId(name));
                }
            }
        }
    }

    @Override
    public void processElement(StreamRecord<TopicRecord> element) {
        Session open = opened(session);
        open.inputs().read(element.getValue()).deliver(open.receiver());
        admitted = true;
        proceed();
    }

    /** Begins a round when it is time, and sees to it that a running one goes on. */
    private void proceed() {
        RoundCycle cycle = opened(session).cycle();
        cycle.consider();
        if (cycle.running() && !scheduled) {
            try {
                mailbox.execute(this::step, "distillation step");
                scheduled = true;
            } catch (RejectedExecutionException stopping) {
                // The task is ending; the round goes on from its last save.
            }
        }
    }

    private void step() {
        scheduled = false;
        // The mailbox lets in one record between two mails: without this, signals would come in at the pace of
        // training steps, and a backlog would wait for rounds.
        if (admitted && burst < LARGEST_BURST) {
            admitted = false;
            burst++;
        } else {
            admitted = false;
            burst = 0;
            opened(session).cycle().work();
        }
        proceed();
    }

    private void tick(long time) {
        proceed();
        nextTick = getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime() + TICK_MILLIS, this::tick);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        Session open = opened(session);
        DataOutputSerializer out = new DataOutputSerializer(1 << 16);
        out.writeByte(STATE_VERSION);
        open.memory().writeTo(out);
        open.cycle().writeTo(out);
        opened(state).update(List.of(out.getCopyOfBuffer()));
        open.saves().pointedBy(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        opened(session).saves().completed(checkpointId);
    }

    @Override
    public void close() throws Exception {
        ScheduledFuture<?> timer = nextTick;
        if (timer != null) {
            timer.cancel(false);
        }
        Session open = session;
        if (open != null) {
            open.cycle().close();
            open.student().close();
        }
        super.close();
    }

    private Instant now() {
        return Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
    }

    private static <T> T opened(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("[BUG] the distillation operator is used before it is opened");
        }
        return value;
    }

    private final class Outputs implements RoundCycle.Outlet {
        private final DistilRecords records;

        Outputs(DistilRecords records) {
            this.records = records;
        }

        @Override
        public void verdict(RoundJudgement judgement) {
            output.collect(new StreamRecord<>(records.verdict(judgement)));
        }

        @Override
        public void publish(CheckpointId candidate) {
            output.collect(STAGED, new StreamRecord<>(new StagedCheckpoint(candidate.value())));
        }
    }

    /** Takes each kind of input where it belongs and counts what is passed over. */
    private static final class Receiver implements DistilInput.Receiver {
        private final DistilMemory memory;
        private final RoundCycle cycle;
        private final MetricGroup metrics;
        private final Counter signals;
        private final Map<Enum<?>, Counter> passedOver = new HashMap<>();

        Receiver(DistilMemory memory, RoundCycle cycle, MetricGroup metrics) {
            this.memory = memory;
            this.cycle = cycle;
            this.metrics = metrics;
            signals = LoopMetric.DISTIL_SIGNALS.counter(metrics);
        }

        @Override
        public void signal(DistilInput.Signal signal) {
            Optional<Quarantine.Reason> objection = memory.offer(signal);
            if (objection.isPresent()) {
                passedOver(objection.get());
            } else {
                signals.inc();
            }
        }

        @Override
        public void outcome(DistilInput.Outcome outcome) {
            memory.verified(outcome);
        }

        @Override
        public void assignment(DistilInput.Assignment assignment) {
            cycle.assigned(assignment);
        }

        @Override
        public void roundRequested(DistilInput.RoundRequested request) {
            cycle.request();
        }

        @Override
        public void passedOver(DistilInput.Reason reason) {
            passedOver((Enum<?>) reason);
        }

        private void passedOver(Enum<?> reason) {
            passedOver
                    .computeIfAbsent(
                            reason, key -> LoopMetric.DISTIL_PASSED_OVER.counter(metrics, "reason", key.name()))
                    .inc();
        }
    }
}
