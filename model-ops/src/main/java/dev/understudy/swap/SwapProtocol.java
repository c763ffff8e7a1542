package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;
import java.util.List;
import java.util.Set;

/**
 * The rules of a swap as a pure state machine: events in, actions out, no I/O, no clock. The newest assignment wins; a
 * version serves only after its load proved itself; a failed load leaves the old version serving and is tried at most
 * three times; a blocked version is never served. Not thread safe; owned by the task thread.
 */
public final class SwapProtocol {
    /** Most loads of one assignment. */
    public static final int ATTEMPTS = 3;

    /** @param serving the version that is loaded, proved and serves at the start or after a restore */
    public SwapProtocol(CheckpointId serving) {
        throw new UnsupportedOperationException(serving.value());
    }

    /** Takes one event in; the actions must be carried out in order before the next event. */
    public List<SwapAction> on(SwapEvent event) {
        throw new UnsupportedOperationException();
    }

    public SwapState state() {
        throw new UnsupportedOperationException();
    }

    /** Versions whose models must stay open: the serving one and those that sequences still run on. */
    public Set<CheckpointId> open() {
        throw new UnsupportedOperationException();
    }

    /** Tells whether new sequences may start on this version; false for every version but the serving one. */
    public boolean serves(CheckpointId version) {
        throw new UnsupportedOperationException();
    }
}
