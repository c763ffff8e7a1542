package dev.understudy.flink.distil;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.distil.Round;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.flink.gate.RoundJudgement;
import dev.understudy.flink.signal.DistilInput;
import dev.understudy.gate.VersionFigures;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When rounds begin, and what becomes of them.
 *
 * <pre>
 *   idle ──(enough new signals | timer | command)──► running ──verdict──► accepted: next parent, once published
 *     ▲                                                 │                 rejected: parent stays
 *     └─────────────────────────────────────────────────┘
 * </pre>
 *
 * One round at a time. The next one waits until the store holds its parent, since the rename happens only after Flink's
 * next checkpoint. Not thread safe; owned by the task thread.
 */
final class RoundCycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoundCycle.class);

    /** Where results go. */
    interface Outlet {
        void verdict(RoundJudgement judgement);

        void publish(CheckpointId candidate);
    }

    private final RoundTools tools;
    private final DistilMemory memory;
    private final RoundSaves saves;
    private final Outlet outlet;

    private long next = 1;
    private @Nullable CheckpointId parent;
    private @Nullable RoundRun run;
    private @Nullable VersionFigures parentFigures;
    private Instant lastBegan;
    private boolean requested;
    private @Nullable String lastSaid;

    RoundCycle(RoundTools tools, DistilMemory memory, RoundSaves saves, Outlet outlet) {
        this.tools = tools;
        this.memory = memory;
        this.saves = saves;
        this.outlet = outlet;
        lastBegan = tools.clock().instant();
    }

    /** True while a round runs: {@link #work} has something to do. */
    boolean running() {
        return run != null;
    }

    /** Number of the round that runs or comes next. */
    long round() {
        return next;
    }

    /** Optimiser steps of the running round; 0 when none runs. */
    long steps() {
        return run == null ? 0 : run.steps();
    }

    /** A round is to begin as soon as none runs. */
    void request() {
        requested = true;
    }

    /**
     * Follows what serves: the parent is the serving checkpoint from the first assignment of one in the store, and
     * again when the present parent is blocked.
     */
    void assigned(DistilInput.Assignment assignment) {
        List<String> blocked = assignment.blocked();
        RoundRun running = run;
        if (running != null && isBlocked(running.plan().parent(), blocked)) {
            running.abandon("Parent " + running.plan().parent() + " was blocked while the round trained on it.");
            conclude(running);
        }
        if (parent != null && !isBlocked(parent, blocked)) {
            return;
        }
        CheckpointId serving = assignment.checkpointId();
        CheckpointId adopted = isBlocked(serving, blocked) || !tools.store().isPublished(serving) ? null : serving;
        if (adopted == null ? parent != null : !adopted.equals(parent)) {
            LOG.info("Rounds begin at another parent from={} to={}", parent, adopted);
            parent = adopted;
            parentFigures = null;
        }
    }

    private static boolean isBlocked(@Nullable CheckpointId id, List<String> blocked) {
        return id != null && blocked.contains(id.value());
    }

    /** Begins a round when it is time for one. */
    void consider() {
        if (run != null || !parentIsThere()) {
            return;
        }
        RoundTrigger trigger = tools.config().trigger();
        Instant now = tools.clock().instant();
        boolean due =
                !trigger.every().isZero() && Duration.between(lastBegan, now).compareTo(trigger.every()) >= 0;
        if (!requested && !due && memory.fresh() < trigger.minSignals()) {
            return;
        }
        Optional<String> obstacle = begin(now);
        if (obstacle.isPresent() && (requested || !obstacle.get().equals(lastSaid))) {
            skip(obstacle.get(), now);
        }
        requested = false;
    }

    private boolean parentIsThere() {
        return parent == null || tools.store().isPublished(parent);
    }

    private Path directory(@Nullable CheckpointId id) {
        return id == null
                ? tools.config().places().initialModelPath()
                : tools.store().directory(id);
    }

    /** Why no round could begin; empty when one did. */
    private Optional<String> begin(Instant now) {
        if (memory.fresh() == 0) {
            return Optional.of("No new signal since the last round; there is nothing to learn.");
        }
        Optional<HeldOut> heldOut = memory.heldOut();
        if (heldOut.isEmpty()) {
            return Optional.of("No held-out example to judge a candidate by; send verified answers or enable audits.");
        }
        Optional<TrainingSnapshot> snapshot = memory.snapshot(next);
        if (snapshot.isEmpty()) {
            return Optional.of("Every kept signal is of a prompt with a verified answer, which is never trained on.");
        }
        RoundPlan plan =
                new RoundPlan(next, RoundPlan.candidateId(next, now), parent, memory.fresh(), memory.trainedOn());
        DistilOperatorConfig config = tools.config();
        TrainingSnapshot data = snapshot.get();
        if (config.poison().strikes(next)) {
            LOG.warn(
                    "Round is poisoned on purpose round={} workload={}",
                    next,
                    config.poison().workload());
            data = data.poisoned(config.poison().workload(), config.round().seed());
        }
        Round round = Round.begin(tools.engine(), directory(parent), data, config.round());
        // Saved before the first step: a crash then repeats this round and not one with later signals.
        saves.save(round, heldOut.get(), plan.candidate());
        memory.consumed();
        lastBegan = now;
        lastSaid = null;
        run = new RoundRun(plan, tools, directory(parent), round, saves, heldOut.get(), parentFigures);
        LOG.info(
                "Round begins round={} candidate={} parent={} signals={}",
                next,
                plan.candidate(),
                parent,
                plan.signals());
        return Optional.empty();
    }

    /** A round that did not take place says so once for each reason, and to each command. */
    private void skip(String reason, Instant now) {
        lastSaid = reason;
        lastBegan = now;
        outlet.verdict(new RoundJudgement(
                RoundPlan.candidateId(next, now), parent, next, false, List.of(reason), List.of(), 0, 0, now));
    }

    /** One unit of bounded work of the running round. */
    void work() {
        RoundRun running = run;
        if (running != null && !running.work()) {
            conclude(running);
        }
    }

    private void conclude(RoundRun ended) {
        RoundJudgement judgement = ended.judgement();
        LOG.info(
                "Round ends round={} candidate={} accepted={} reasons={}",
                judgement.round(),
                judgement.candidate(),
                judgement.accepted(),
                judgement.reasons());
        outlet.verdict(judgement);
        if (judgement.accepted()) {
            outlet.publish(judgement.candidate());
            parent = judgement.candidate();
            parentFigures = ended.candidateFigures().orElse(null);
        }
        ended.close();
        saves.ended();
        run = null;
        next++;
    }

    /** Writes what {@link #restore} needs; the signals are the memory's own. */
    void writeTo(DataOutput out) throws IOException {
        out.writeLong(next);
        out.writeUTF(parent == null ? "" : parent.value());
        Path saved = saves.current();
        RoundRun running = run;
        out.writeBoolean(running != null && saved != null);
        if (running != null && saved != null) {
            out.writeUTF(saved.toString());
            running.plan().writeTo(out);
        }
    }

    /** Goes on where {@link #writeTo} stood: a round that ran goes on from its last save. */
    void restore(DataInput in) throws IOException {
        next = in.readLong();
        String restoredParent = in.readUTF();
        parent = restoredParent.isEmpty() ? null : new CheckpointId(restoredParent);
        if (in.readBoolean()) {
            Path saved = Path.of(in.readUTF());
            resume(saved, RoundPlan.readFrom(in));
        }
    }

    private void resume(Path saved, RoundPlan plan) {
        Optional<HeldOut> heldOut = HeldOut.readFrom(saved).or(memory::heldOut);
        if (!Files.isDirectory(saved) || heldOut.isEmpty()) {
            LOG.warn(
                    "Round is lost: its saved state is not there; keep distil.work on a disk that outlives the task"
                            + " round={} directory={}",
                    plan.number(),
                    saved);
            outlet.verdict(new RoundJudgement(
                    plan.candidate(),
                    plan.parent(),
                    plan.number(),
                    false,
                    List.of("Its saved state " + saved
                            + " was gone after a restart; the next round takes its signals."),
                    List.of(),
                    plan.signals(),
                    0,
                    tools.clock().instant()));
            next++;
            return;
        }
        saves.resumed(saved);
        Round round = Round.resume(tools.engine(), saved);
        run = new RoundRun(plan, tools, directory(plan.parent()), round, saves, heldOut.get(), parentFigures);
        LOG.info(
                "Round goes on round={} step={}",
                plan.number(),
                round.progress().step());
    }

    @Override
    public void close() {
        if (run != null) {
            run.close();
            run = null;
        }
    }
}
