package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import java.util.Arrays;

/**
 * Which positions of an intervention carry a label: those where the teacher's law is known, up to and including the
 * first token that the student wrote and that differs from the teacher's argmax. Behind it the text has left the
 * teacher's path, and its law there answers a question that nobody asked.
 */
public final class LossMask {
    private LossMask() {}

    /** Ascending completion positions that carry a label; empty when the teacher saw nothing usable. */
    public static int[] labelledPositions(Intervention intervention) {
        int[] positions = new int[intervention.tokenIds().length];
        int count = 0;
        for (int i = 0; i < positions.length; i++) {
            TeacherDistribution law = intervention.teacher().get(i);
            if (law == null) {
                continue;
            }
            positions[count++] = i;
            boolean wroteUnasked = intervention.authors().get(i) == Author.STUDENT;
            if (wroteUnasked && intervention.tokenIds()[i] != law.argmax()) {
                break;
            }
        }
        return Arrays.copyOf(positions, count);
    }
}
