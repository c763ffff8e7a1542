package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;

/** What the decoder must do now, in the order given. */
public sealed interface SwapAction {
    /** Load, verify and probe the version off the task thread; answer with an event that carries the ticket. */
    record Load(long ticket, CheckpointId version, int attempt) implements SwapAction {}

    /** New sequences run on this version from now on; running ones end on theirs. */
    record Serve(CheckpointId version) implements SwapAction {}

    /** Close the model of this version: no sequence runs on it and none will. */
    record Close(CheckpointId version) implements SwapAction {}

    /** Close the model that the load with this ticket brought: nobody wants it any more. */
    record Discard(long ticket, CheckpointId version) implements SwapAction {}

    /** Write a report. */
    record Report(Outcome outcome, CheckpointId version, long sequence, String detail) implements SwapAction {}

    /** What a report says. */
    enum Outcome {
        /** The version serves. */
        SERVING,
        /** A load failed and is tried again. */
        RETRYING,
        /** The assigned version is not served; the one before it goes on. */
        REFUSED
    }
}
