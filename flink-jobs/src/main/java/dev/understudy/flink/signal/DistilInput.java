package dev.understudy.flink.signal;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.signal.Intervention;
import java.util.List;

/** One thing that the distillation job was told. */
public sealed interface DistilInput {
    /** Hands this input to the method of {@code receiver} that is about it. */
    void deliver(Receiver receiver);

    /** What each kind of input means to its reader. */
    interface Receiver {
        void signal(Signal signal);

        void outcome(Outcome outcome);

        void assignment(Assignment assignment);

        void roundRequested(RoundRequested request);

        void passedOver(Reason reason);
    }

    /**
     * A finished sequence that the teacher touched, and where it stood, for the manifest of what it helps to train.
     *
     * @param topic full topic name
     * @param partition its partition
     * @param offset its offset there
     */
    record Signal(Intervention intervention, String topic, int partition, long offset) implements DistilInput {
        @Override
        public void deliver(Receiver receiver) {
            receiver.signal(this);
        }
    }

    /**
     * A verified answer, the gate's held-out material.
     *
     * @param prompt prompt as text
     * @param answer the right completion as text, without end token
     */
    record Outcome(String tenant, String workload, String prompt, String answer) implements DistilInput {
        @Override
        public void deliver(Receiver receiver) {
            receiver.outcome(this);
        }
    }

    /**
     * Which checkpoint serves from now on.
     *
     * @param checkpointId id of the serving checkpoint
     * @param blocked ids that must not serve again
     */
    record Assignment(CheckpointId checkpointId, List<String> blocked) implements DistilInput {
        public Assignment {
            blocked = List.copyOf(blocked);
        }

        @Override
        public void deliver(Receiver receiver) {
            receiver.assignment(this);
        }
    }

    /** A person asks for a round now, whatever the count of new signals. */
    record RoundRequested(String commandId) implements DistilInput {
        @Override
        public void deliver(Receiver receiver) {
            receiver.roundRequested(this);
        }
    }

    /** A record that says nothing to this job. */
    record PassedOver(Reason reason) implements DistilInput {
        @Override
        public void deliver(Receiver receiver) {
            receiver.passedOver(reason);
        }
    }

    /** Why an input is passed over. */
    enum Reason {
        /** The bytes are not a record of this topic in a known schema version. */
        MALFORMED,
        /** The submitter did not agree to training. */
        NO_CONSENT,
        /** A signal of a prompt that was rendered with another chat template than the student's. */
        FOREIGN_TEMPLATE,
        /** A record for another reader of the same topic. */
        NOT_FOR_DISTILLATION
    }
}
