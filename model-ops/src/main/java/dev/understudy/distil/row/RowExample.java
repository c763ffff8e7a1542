package dev.understudy.distil.row;

import dev.understudy.distil.ask.AskReading;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.LabelledSequence;
import java.util.List;

/**
 * A recorded sequence that teacher and student have read: what demonstrations of asking are made from. Arrays are not
 * copied; nobody modifies them.
 *
 * @param prompt prompt ids [P]
 * @param tokens completion ids [T]
 * @param own [T] the student's own law of each token before it learns to ask
 * @param difficulty [T] nats that the student's most probable token loses against the teacher's, under the teacher
 * @param answered [T] whether the recorded token is the one that the teacher answers; only there can an ask stand
 */
public record RowExample(
        int[] prompt, int[] tokens, List<TeacherDistribution> own, double[] difficulty, boolean[] answered) {
    public RowExample {
        own = List.copyOf(own);
        int count = tokens.length;
        if (own.size() != count || difficulty.length != count || answered.length != count) {
            throw new IllegalArgumentException("[BUG] example of " + count + " tokens with " + own.size() + " laws, "
                    + difficulty.length + " difficulties and " + answered.length + " marks");
        }
    }

    /**
     * One example.
     *
     * @param taught with the teacher's laws, dense
     * @param own the same sequence with the student's laws
     */
    public static RowExample of(LabelledSequence taught, LabelledSequence own) {
        int[] tokens = taught.tokenIds();
        double[] difficulty = new double[tokens.length];
        boolean[] answered = new boolean[tokens.length];
        for (int t = 0; t < tokens.length; t++) {
            TeacherDistribution law = taught.laws().get(t);
            difficulty[t] = AskReading.regret(law, own.laws().get(t).argmax());
            answered[t] = law.argmax() == tokens[t];
        }
        return new RowExample(taught.promptIds(), tokens, own.laws(), difficulty, answered);
    }

    /** Tokens of prompt and completion together. */
    int length() {
        return prompt.length + tokens.length;
    }
}
