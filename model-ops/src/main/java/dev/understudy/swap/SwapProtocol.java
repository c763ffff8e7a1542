package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a swap as a pure state machine: events in, actions out, no I/O, no clock. The newest assignment wins; a
 * version serves only after its load proved itself; a failed load leaves the old version serving and is tried at most
 * three times; a blocked version never begins to serve. Not thread safe; owned by the task thread.
 */
public final class SwapProtocol {
    /*
     * Results of loads come late and in any order, so every load has a ticket of its own and only the ticket of the load
     * that is wanted now counts; the model that any other ticket brings is discarded. Blocking the version that serves
     * does not stop it: an assignment always names a version, and until that one is proved somebody must serve. A crash
     * loses models and loads but no decision: the assignments are read again, and those older than the one that served
     * are known by their number.
     */

    /** Most loads of one assignment. */
    public static final int ATTEMPTS = 3;

    private CheckpointId serving;
    private long servedSequence;
    private long newest;
    private Set<CheckpointId> blocked = Set.of();
    private final Set<CheckpointId> running = new LinkedHashSet<>();
    private SwapState.@Nullable Loading loading;
    private SwapState.@Nullable Refused refused;
    private long tickets;

    /**
     * A decoder at its first start.
     *
     * @param serving the version that is loaded, proved and serves at the start
     */
    public SwapProtocol(CheckpointId serving) {
        this(serving, Long.MIN_VALUE + 1);
    }

    /**
     * A decoder after a restore.
     *
     * @param serving the version that is loaded, proved and serves after a restore
     * @param servedSequence {@link #servedSequence} at the snapshot; older assignments are ignored
     */
    public SwapProtocol(CheckpointId serving, long servedSequence) {
        this.serving = serving;
        this.servedSequence = servedSequence;
        // The assignment that serves is read once more, for the blocked versions that it names.
        newest = servedSequence - 1;
    }

    /** Takes one event in; the actions must be carried out in order before the next event. */
    public List<SwapAction> on(SwapEvent event) {
        List<SwapAction> actions = new ArrayList<>();
        if (event instanceof SwapEvent.Assigned assigned) {
            assigned(assigned.assignment(), actions);
        } else if (event instanceof SwapEvent.Loaded loaded) {
            loaded(loaded, actions);
        } else if (event instanceof SwapEvent.LoadFailed failed) {
            loadFailed(failed, actions);
        } else if (event instanceof SwapEvent.ProofFailed failed) {
            SwapState.Loading wanted = wanted(failed.ticket());
            if (wanted != null) {
                refuse(wanted.candidate(), failed.cause(), actions);
            }
        } else if (event instanceof SwapEvent.Drained drained && running.remove(drained.version())) {
            actions.add(new SwapAction.Close(drained.version()));
        }
        return actions;
    }

    public SwapState state() {
        if (loading != null) {
            return loading;
        }
        if (refused != null) {
            return refused;
        }
        return running.isEmpty() ? new SwapState.Serving(serving) : new SwapState.Draining(serving, running);
    }

    /** The version that new sequences run on. */
    public CheckpointId serving() {
        return serving;
    }

    /** Number of the assignment that the serving version answers; kept with it in a snapshot. */
    public long servedSequence() {
        return servedSequence;
    }

    /** Versions whose models must stay open: the serving one and those that sequences still run on. */
    public Set<CheckpointId> open() {
        Set<CheckpointId> open = new LinkedHashSet<>(running);
        open.add(serving);
        return open;
    }

    /** Tells whether new sequences may start on this version; false for every version but the serving one. */
    public boolean serves(CheckpointId version) {
        return serving.equals(version);
    }

    private void assigned(Assignment assignment, List<SwapAction> actions) {
        if (assignment.sequence() <= newest) {
            return;
        }
        newest = assignment.sequence();
        blocked = assignment.blocked();
        refused = null;
        CheckpointId version = assignment.version();
        if (serving.equals(version)) {
            loading = null;
            servedSequence = newest;
            actions.add(report(SwapAction.Outcome.SERVING, version, "served already"));
        } else if (blocked.contains(version)) {
            refuse(version, "it is blocked", actions);
        } else if (running.remove(version)) {
            loading = null;
            serve(version, "still open and proved before", actions);
        } else if (loading == null || !loading.candidate().equals(version)) {
            load(version, 1, actions);
        }
    }

    private void loaded(SwapEvent.Loaded loaded, List<SwapAction> actions) {
        if (wanted(loaded.ticket()) == null) {
            actions.add(new SwapAction.Discard(loaded.ticket(), loaded.version()));
            return;
        }
        loading = null;
        serve(loaded.version(), loaded.proof(), actions);
    }

    private void loadFailed(SwapEvent.LoadFailed failed, List<SwapAction> actions) {
        SwapState.Loading wanted = wanted(failed.ticket());
        if (wanted == null) {
            return;
        }
        if (wanted.attempt() < ATTEMPTS) {
            actions.add(report(SwapAction.Outcome.RETRYING, wanted.candidate(), failed.cause()));
            load(wanted.candidate(), wanted.attempt() + 1, actions);
        } else {
            refuse(wanted.candidate(), failed.cause() + " (" + ATTEMPTS + " attempts)", actions);
        }
    }

    private void load(CheckpointId version, int attempt, List<SwapAction> actions) {
        long ticket = ++tickets;
        loading = new SwapState.Loading(serving, version, attempt, ticket);
        actions.add(new SwapAction.Load(ticket, version, attempt));
    }

    private void serve(CheckpointId version, String proof, List<SwapAction> actions) {
        running.add(serving);
        serving = version;
        servedSequence = newest;
        actions.add(new SwapAction.Serve(version));
        actions.add(report(SwapAction.Outcome.SERVING, version, proof));
    }

    private void refuse(CheckpointId version, String cause, List<SwapAction> actions) {
        loading = null;
        refused = new SwapState.Refused(serving, version, cause);
        actions.add(report(SwapAction.Outcome.REFUSED, version, cause));
    }

    private SwapState.@Nullable Loading wanted(long ticket) {
        SwapState.Loading current = loading;
        return current != null && current.ticket() == ticket ? current : null;
    }

    private SwapAction report(SwapAction.Outcome outcome, CheckpointId version, String detail) {
        return new SwapAction.Report(outcome, version, newest, detail);
    }
}
