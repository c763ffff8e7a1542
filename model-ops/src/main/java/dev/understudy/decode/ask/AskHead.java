package dev.understudy.decode.ask;

/**
 * A learned scorer of positions: a small network on the student's last hidden state that gives the log odds of asking.
 * It travels with the student version that it was trained on. Confined to the thread that steps the model.
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

    /** Width d of the hidden states that it reads. */
    int hiddenWidth();

    /**
     * Scores the rows of a step.
     *
     * @param step figures, hidden states [count, d] in {@code step.scores()}, and budget levels
     * @param logits [at least {@code step.count()}] out: natural-log odds of asking
     */
    void logits(AskStep step, float[] logits);
}
