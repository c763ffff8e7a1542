package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;

/** What happens to a decoder, as far as versions are concerned. */
public sealed interface SwapEvent {
    /** An assignment was read. */
    record Assigned(Assignment assignment) implements SwapEvent {}

    /** The load with this ticket ended and the model proved itself: hashes, fingerprint and probes hold. */
    record Loaded(long ticket, CheckpointId version, String proof) implements SwapEvent {}

    /** The load with this ticket failed for a reason that may pass (a file not there yet, no memory). */
    record LoadFailed(long ticket, CheckpointId version, String cause) implements SwapEvent {}

    /** The load with this ticket found a checkpoint that must not be used; trying again does not help. */
    record ProofFailed(long ticket, CheckpointId version, String cause) implements SwapEvent {}

    /**
     * No sequence runs on this version, which is not the serving one. Raised by the task thread itself, never by a mail
     * that could come late: the version may serve again by then.
     */
    record Drained(CheckpointId version) implements SwapEvent {}
}
