package dev.understudy.decode.ask;

import org.jspecify.annotations.Nullable;

/**
 * A learned scorer of positions that gives the log odds of asking: a small network on the student's last hidden state,
 * or the student's own vocabulary. It travels with the student version that it was trained on. Confined to the thread
 * that steps the model.
 */
public interface AskHead {
    /** A version without a learned scorer. */
    AskHead NONE = new AskHead() {
        @Override
        public int hiddenWidth() {
            return 0;
        }

        @Override
        public void logits(AskStep step, float[] logits) {
            throw new IllegalStateException("[BUG] a version without an ask head was asked to score");
        }
    };

    /** Width d of the hidden states that it reads; 0 when it reads none. */
    int hiddenWidth();

    /** Entries of the student's vocabulary that speak of asking; null for a head that stands beside the weights. */
    default @Nullable AskEntries entries() {
        return null;
    }

    /**
     * Scores the rows of a step.
     *
     * @param step figures, hidden states [count, d] in {@code step.scores()}, and budget levels
     * @param logits [at least {@code step.count()}] out: natural-log odds of asking
     */
    void logits(AskStep step, float[] logits);
}
