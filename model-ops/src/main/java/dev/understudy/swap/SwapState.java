package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;
import java.util.Set;

/** Where a decoder stands between two versions. There is always one that serves. */
public sealed interface SwapState {
    /** The version that new sequences run on. */
    CheckpointId serving();

    /** One version serves and nothing is under way. */
    record Serving(CheckpointId serving) implements SwapState {}

    /** A newer assignment is being loaded and proved. */
    record Loading(CheckpointId serving, CheckpointId candidate, int attempt, long ticket) implements SwapState {}

    /** The newest version serves; sequences still run on older ones. */
    record Draining(CheckpointId serving, Set<CheckpointId> running) implements SwapState {
        public Draining {
            running = Set.copyOf(running);
        }
    }

    /** The newest assignment was refused; the version before it goes on. */
    record Refused(CheckpointId serving, CheckpointId refused, String cause) implements SwapState {}
}
