package dev.understudy.decode.ask;

/**
 * Turns the figures of a decode step into difficulties, all rows of the step at once. Made by {@link AskPolicy#scorer}
 * for one student version; owned by the thread that steps the model.
 */
public interface AskScorer {
    /**
     * Scores a step.
     *
     * @param step figures of its rows
     * @param difficulty [at least {@code step.count()}] out: entry i is the difficulty of row i, in [0, 1]
     */
    void score(AskStep step, float[] difficulty);

    /** Width d of the last hidden states that {@code step.scores()} must hold; 0 when they are not read. */
    default int hiddenWidth() {
        return 0;
    }
}
