package dev.understudy.signal;

/**
 * Which positions of an intervention carry a label: those where the teacher's law is known, up to and including the
 * first token that the student wrote unasked and that differs from the teacher's argmax. Behind it the text has left
 * the teacher's path, and its law there answers a question that nobody asked.
 */
public final class LossMask {
    private LossMask() {}

    /** Ascending completion positions that carry a label; empty when the teacher saw nothing usable. */
    public static int[] labelledPositions(Intervention intervention) {
        throw new UnsupportedOperationException();
    }
}
