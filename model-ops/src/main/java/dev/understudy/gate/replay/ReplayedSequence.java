package dev.understudy.gate.replay;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recorded sequence that the teacher saw whole, with a student's word at every position of the recorded text. Arrays
 * are not copied; nobody modifies them.
 *
 * @param weight 1 / propensity: how many finished sequences it stands for, at least 1
 * @param written [T] the recorded tokens
 * @param alone [T] what the student writes where nobody is asked
 * @param student [T] its most probable token
 * @param teacher [T] the teacher's
 * @param difficulty [T] what the policy holds against the price, in [0, 1]
 */
public record ReplayedSequence(
        double weight, int[] written, int[] alone, int[] student, int[] teacher, float[] difficulty) {
    public ReplayedSequence {
        int tokens = written.length;
        boolean equal = alone.length == tokens
                && student.length == tokens
                && teacher.length == tokens
                && difficulty.length == tokens;
        if (!(weight >= 1) || tokens == 0 || !equal) {
            throw new IllegalArgumentException("[BUG] replayed sequence of weight " + weight + " and lengths " + tokens
                    + ", " + alone.length + ", " + student.length + ", " + teacher.length + ", " + difficulty.length);
        }
    }

    /** As it was decoded; empty where the teacher did not see it whole. */
    public static Optional<ReplayedSequence> of(Intervention signal) {
        return of(signal, signal.difficulty());
    }

    /**
     * The same under another policy.
     *
     * @param difficulty [T] what the other policy holds against its price
     */
    public static Optional<ReplayedSequence> of(Intervention signal, float[] difficulty) {
        int[] alone = signal.studentArgmax().clone();
        for (int t = 0; t < alone.length; t++) {
            // A token that was sampled would be drawn again.
            alone[t] = signal.authors().get(t) == Author.STUDENT ? signal.tokenIds()[t] : alone[t];
        }
        return of(signal, alone, signal.studentArgmax(), difficulty);
    }

    /**
     * The same text under another student, which decodes greedily.
     *
     * @param student [T] its most probable token after the recorded ones
     * @param difficulty [T] what the policy makes of its law
     */
    public static Optional<ReplayedSequence> of(Intervention signal, int[] student, float[] difficulty) {
        return of(signal, student, student, difficulty);
    }

    private static Optional<ReplayedSequence> of(Intervention signal, int[] alone, int[] student, float[] difficulty) {
        List<Integer> laws = new ArrayList<>();
        for (TeacherDistribution law : signal.teacher()) {
            if (law != null) {
                laws.add(law.argmax());
            }
        }
        boolean whole = laws.size() == signal.tokenIds().length && !laws.isEmpty();
        if (!whole || !(signal.propensity() > 0)) {
            return Optional.empty();
        }
        int[] teacher = laws.stream().mapToInt(Integer::intValue).toArray();
        return Optional.of(
                new ReplayedSequence(1 / signal.propensity(), signal.tokenIds(), alone, student, teacher, difficulty));
    }

    /** What becomes of it at one price. */
    Course at(double price) {
        int asks = 0;
        boolean right = true;
        for (int t = 0; t < written.length; t++) {
            boolean asked = difficulty[t] > price;
            asks += asked ? 1 : 0;
            right &= asked || student[t] == teacher[t];
            if ((asked ? teacher[t] : alone[t]) != written[t]) {
                return branched(price, t, asks, right);
            }
        }
        int verdict = right ? 1 : 0;
        return new Course(asks, asks, asks, verdict, verdict, verdict);
    }

    /** Another token than the recorded one would stand here: what follows it was never decoded. */
    private Course branched(double price, int at, int asks, boolean right) {
        int likely = asks;
        boolean restRight = right;
        for (int t = at + 1; t < written.length; t++) {
            boolean asked = difficulty[t] > price;
            likely += asked ? 1 : 0;
            restRight &= asked || student[t] == teacher[t];
        }
        int most = asks + written.length - at - 1;
        return new Course(asks, most, likely, 0, right ? 1 : 0, restRight ? 1 : 0);
    }

    /**
     * Asks and agreement of one sequence: what is certain, what is possible, and what holds if the text behind a branch
     * is like the recorded one.
     */
    record Course(int leastAsks, int mostAsks, int likelyAsks, int leastRight, int mostRight, int likelyRight) {
        boolean isKnown() {
            return leastAsks == mostAsks && leastRight == mostRight;
        }
    }
}
