package dev.understudy.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * The memory of the distillation job: signals by workload (newest and a reservoir of older ones), seed pairs that the
 * student was trained on before, and the held-out sequences that are never trained on. Bounded by bytes; deterministic
 * in its seed and the order of calls. Not thread safe; owned by the task thread.
 */
public final class ReplayBuffer {
    /** Where an offered signal went. */
    public enum Placement {
        TRAINING,
        /** Same prompt as a kept signal, which it replaced. */
        REPLACED,
        HELD_OUT
    }

    private final ReplayConfig config;

    public ReplayBuffer(ReplayConfig config) {
        this.config = config;
    }

    /** Takes a signal in, dropping older ones where bytes run out. */
    public Placement offer(LabelledSequence signal) {
        throw new UnsupportedOperationException(config.toString());
    }

    /** Adds a seed pair; seed pairs are never dropped and a held-out prompt among them is ignored. */
    public void seed(LabelledSequence pair) {
        throw new UnsupportedOperationException();
    }

    /** True when prompts with this hash are held out. */
    public boolean isHeldOut(long promptHash) {
        throw new UnsupportedOperationException();
    }

    /** Signals to train on, in a fixed order. */
    public List<LabelledSequence> signals() {
        throw new UnsupportedOperationException();
    }

    /** Seed pairs, in the order they came. */
    public List<LabelledSequence> seeds() {
        throw new UnsupportedOperationException();
    }

    /** Held-out sequences, in a fixed order. */
    public List<LabelledSequence> heldOut() {
        throw new UnsupportedOperationException();
    }

    /** Signals taken in for training since the buffer began, dropped ones included. */
    public long accepted() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the kept signals. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** Writes the signals, the held-out sequences and the reservoir's state, versioned; seed pairs are not written. */
    public void writeTo(DataOutput out) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Reads what {@link #writeTo} wrote; seed pairs are added again by the caller. */
    public static ReplayBuffer readFrom(DataInput in, ReplayConfig config) throws IOException {
        throw new UnsupportedOperationException();
    }
}
