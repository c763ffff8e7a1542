package dev.understudy.decode;

import dev.understudy.signal.Intervention;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sequence that is done: the completion and, where the teacher touched or saw it and the prompt consents, the
 * training signal.
 *
 * @param sequence its last state; {@code stop} is set
 * @param text completion text without special tokens, cut before a stop text
 * @param sight whether the teacher was to see it whole
 * @param finishedAt when
 * @param asking when help was asked for
 * @param teacherVersion teacher that looked, empty when none did
 * @param signal what {@link #intervention()} returns
 */
public record FinishedSequence(
        SequenceSnapshot sequence,
        String text,
        Sight sight,
        Instant finishedAt,
        Asking asking,
        String teacherVersion,
        @Nullable Intervention signal) {
    /**
     * Whether the teacher was to see a sequence whole.
     *
     * @param propensity probability with which this sequence was to be seen: 1 where its asks and the closing look show
     *     all of it, else the audit share
     * @param due whether it was drawn to be seen
     * @param audited whether it was drawn by the audit and seen
     */
    public record Sight(double propensity, boolean due, boolean audited) {}

    /**
     * When help was asked for.
     *
     * @param policy name of the policy
     * @param price in force when the last token was decided: in [0, 1], {@code AskPrices.ASK_ALWAYS}, or not a number
     *     where the policy ignores it
     */
    public record Asking(String policy, double price) {}

    public FinishedSequence {
        if (sequence.stop() == null) {
            throw new IllegalArgumentException(
                    "[BUG] sequence " + sequence.prompt().id() + " is finished without a stop reason");
        }
    }

    /** Whether it was drawn by the audit and shown whole to the teacher. */
    public boolean audited() {
        return sight.audited();
    }

    /** Why the completion ended. */
    public StopReason stop() {
        StopReason stop = sequence.stop();
        if (stop == null) {
            throw new IllegalStateException("[BUG] finished without a stop reason");
        }
        return stop;
    }

    /** The training signal; empty when the teacher never looked or the prompt does not consent. */
    public Optional<Intervention> intervention() {
        return Optional.ofNullable(signal);
    }
}
