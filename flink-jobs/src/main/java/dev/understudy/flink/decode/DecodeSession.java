package dev.understudy.flink.decode;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.account.Allowance;
import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpState;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.flink.prompt.Arrival;
import dev.understudy.flink.prompt.IntakeLine;
import dev.understudy.flink.prompt.PromptIntake;
import dev.understudy.flink.prompt.RejectionReason;
import dev.understudy.flink.swap.ModelLoading;
import dev.understudy.flink.swap.ModelSwap;
import dev.understudy.flink.swap.ModelVersion;
import dev.understudy.flink.swap.SwapHost;
import dev.understudy.flink.swap.SwapTimes;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.DecodeRecords;
import dev.understudy.flink.wire.PromptAvro;
import dev.understudy.flink.wire.SwapRecords;
import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.swap.Assignment;
import dev.understudy.swap.SwapAction;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.WireException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One subtask's decoding without Flink: prompts in, records out, models swapped between. Joins the decoder, the intake
 * and the swap; the operator around it owns thread, mailbox and state. Owned by the task thread.
 */
final class DecodeSession implements DecodeListener, SwapHost, AutoCloseable {
    /** Prompts that are read ahead for each row: one that becomes free must not wait for the tokenizer. */
    private static final double AHEAD = 0.5;

    private final OperatorSettings settings;
    private final int subtask;
    private final Clock clock;
    private final Executor mail;
    private final Consumer<WireRecord> out;
    private final Consumer<FinishedSequence> counts;
    private final DecodeMetrics metrics;
    private final Allowance allowance;
    private final PromptAvro prompts = new PromptAvro();
    private final DecodeRecords records;
    private final SwapRecords swaps;
    private final PromptIntake intake;
    private final IntakeLine<TopicRecord> line;
    private final Decoder decoder;
    private final int rows;
    private boolean filling = true;
    private final ModelSwap swap;

    /**
     * What a session runs in.
     *
     * @param subtask index of the subtask
     * @param mail runs a task on the task thread
     * @param out takes finished records
     * @param counts hears of every finished sequence
     */
    record Host(
            int subtask,
            Clock clock,
            Executor mail,
            Consumer<WireRecord> out,
            Consumer<FinishedSequence> counts,
            DecodeMetrics metrics) {}

    DecodeSession(
            OperatorSettings settings,
            Host host,
            DecodeConfig config,
            Tokenizer tokenizer,
            ModelLoading loading,
            ModelVersion first,
            Help help) {
        this.settings = settings;
        subtask = host.subtask();
        clock = host.clock();
        mail = host.mail();
        out = host.out();
        counts = host.counts();
        metrics = host.metrics();
        allowance = help.allowance();
        PromptTemplate template = PromptTemplate.read(Path.of(settings.student().initialDirectory()));
        records = new DecodeRecords(settings.kafka(), template.hash());
        swaps = new SwapRecords(settings.kafka());
        intake = new PromptIntake(
                tokenizer,
                template,
                names(settings.budgets()),
                first.model().shape().context());
        line = new IntakeLine<>(this::read, () -> mail.execute(this::heard), "understudy-intake-" + subtask);
        rows = config.rows();
        decoder = new Decoder(config, tokenizer, help, this, HelpStatistics.NONE, clock);
        swap = new ModelSwap(loading, first, this, "understudy-loader-" + subtask);
    }

    private static Set<String> names(BudgetConfig budgets) {
        return budgets.tenants().stream().map(TenantBudget::tenant).collect(Collectors.toSet());
    }

    /** Takes a record of the prompt topic. */
    void arrive(TopicRecord record) {
        line.add(record);
    }

    private void heard() {
        line.heard();
    }

    /** Admits prompts that have been read, while there are free rows. The host calls it after every mail. */
    void admitRead() {
        while (decoder.freeSlots() > 0) {
            Optional<IntakeLine.Read<TopicRecord>> next = line.next();
            if (next.isEmpty()) {
                return;
            }
            take(next.get());
        }
    }

    /** Takes everything in that came, rows or not, so that a snapshot and the records before it hold it. */
    void settle() {
        for (Optional<IntakeLine.Read<TopicRecord>> next = line.awaitNext();
                next.isPresent();
                next = line.awaitNext()) {
            take(next.get());
        }
    }

    private void take(IntakeLine.Read<TopicRecord> read) {
        if (read.arrival() instanceof Arrival.Accepted accepted) {
            decoder.admit(accepted.prompt());
        } else if (read.arrival() instanceof Arrival.Rejected rejected) {
            metrics.rejected();
            out.accept(records.rejection(read.record(), rejected, clock.instant()));
        }
    }

    private Arrival read(TopicRecord record) {
        try {
            return intake.check(prompts.read(record.value()));
        } catch (WireException e) {
            return new Arrival.Rejected(
                    null, null, RejectionReason.UNREADABLE, e.fault().code() + ": " + e.getMessage());
        }
    }

    void resume(SequenceSnapshot sequence) {
        decoder.resume(sequence);
    }

    void assigned(Assignment assignment) {
        swap.assigned(assignment);
    }

    boolean hasWork() {
        return decoder.hasWork();
    }

    boolean isEmpty() {
        return decoder.isEmpty() && line.size() == 0;
    }

    /**
     * Whether another record may come: for a free row, or to be read ahead. Once enough are, none may until half of
     * them have gone, so that they come several at once: each time the intake's thread is woken costs the task thread
     * more than a record does.
     */
    boolean hasRoom() {
        int ahead = (int) Math.ceil(AHEAD * rows);
        int held = decoder.running() + decoder.queued() + line.size();
        if (held >= rows + ahead) {
            filling = false;
        } else if (held <= rows + ahead / 2) {
            filling = true;
        }
        return filling && decoder.inFlight() + line.size() < 2 * rows;
    }

    void step() {
        long started = System.nanoTime();
        decoder.step();
        metrics.stepped(started, System.nanoTime());
        metrics.holds(decoder.running(), decoder.inFlight());
    }

    /** A Flink checkpoint has completed: what it covers can be spent. */
    void allowanceMayHaveCome() {
        decoder.allowanceMayHaveCome();
    }

    /** Looks for sequences that have waited for allowance long enough. */
    void endWaits() {
        decoder.endWaits();
    }

    List<SequenceSnapshot> snapshot() {
        return decoder.snapshot();
    }

    @Override
    public void finished(FinishedSequence finished) {
        counts.accept(finished);
        out.accept(records.completion(finished));
        if (isToBeTaught(finished)) {
            metrics.deferred();
            out.accept(records.deferral(finished));
        }
        finished.intervention().ifPresent(signal -> out.accept(records.signal(signal, finished)));
    }

    /** Wanted help that the cap or the teacher refused, in text that may be learnt from, for a tenant that defers. */
    private boolean isToBeTaught(FinishedSequence finished) {
        Prompt prompt = finished.sequence().prompt();
        HelpState state = finished.sequence().help().state();
        boolean refused = state == HelpState.EXHAUSTED || state == HelpState.TEACHER_DOWN;
        return refused && prompt.consent() && allowance.whenSpent(prompt.tenant()) == WhenSpent.DEFER;
    }

    @Override
    public void drained(String version, LanguageModel model) {
        // Not at once: this may be called while the swap carries out the actions of another event.
        mail.execute(() -> swap.drained(new CheckpointId(version)));
    }

    @Override
    public void serve(ModelVersion version) {
        decoder.serve(version.id().value(), version.model(), version.head());
    }

    @Override
    public void report(SwapAction.Report report, SwapTimes times) {
        metrics.swapped(report.outcome(), times);
        out.accept(swaps.report(
                settings.jobName(), subtask, report, times.loadMillis(), times.pauseMillis(), clock.instant()));
    }

    @Override
    public void mail(Runnable task) {
        mail.execute(task);
    }

    @Override
    public void close() {
        line.close();
        decoder.close();
        swap.close();
    }
}
