package dev.understudy.decode;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.Author;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The T completion tokens of a sequence with what is known at each position. Arrays are not copied; nobody modifies
 * them.
 *
 * @param ids [T] token ids
 * @param authors [T] who wrote each
 * @param studentArgmax [T] the student's most probable token
 * @param studentConfidence [T] its probability under the student, in (0, 1]
 * @param difficulty [T] what the policy held against the price, in [0, 1]
 * @param teacher [T] the teacher's law, null where it never looked
 */
public record WrittenTokens(
        int[] ids,
        List<Author> authors,
        int[] studentArgmax,
        float[] studentConfidence,
        float[] difficulty,
        List<@Nullable TeacherDistribution> teacher) {
    public static final WrittenTokens NONE =
            new WrittenTokens(new int[0], List.of(), new int[0], new float[0], new float[0], List.of());

    public WrittenTokens {
        authors = List.copyOf(authors);
        teacher = Collections.unmodifiableList(new ArrayList<>(teacher));
        int t = ids.length;
        boolean equal = authors.size() == t
                && studentArgmax.length == t
                && studentConfidence.length == t
                && difficulty.length == t
                && teacher.size() == t;
        if (!equal) {
            throw new IllegalArgumentException("[BUG] written tokens of unequal lengths: " + t + ", " + authors.size()
                    + ", " + studentArgmax.length + ", " + studentConfidence.length + ", " + difficulty.length + ", "
                    + teacher.size());
        }
    }

    public int size() {
        return ids.length;
    }

    /** True when there is a token and the teacher's law is known at every position. */
    public boolean seenWhole() {
        return ids.length > 0 && !teacher.contains(null);
    }

    /**
     * The smallest difficulty at a position where the student's argmax differs from the teacher's; 1 when there is
     * none. Every wrong token is asked for exactly at the prices below this figure. Call it on sequences seen whole.
     */
    public double priceNeeded() {
        double needed = 1;
        for (int t = 0; t < ids.length; t++) {
            TeacherDistribution law = teacher.get(t);
            if (law != null && law.argmax() != studentArgmax[t]) {
                needed = Math.min(needed, difficulty[t]);
            }
        }
        return needed;
    }

    /**
     * Whether the student's most probable token differs from the teacher's at a position that the student wrote. Call
     * it on sequences seen whole.
     */
    public boolean disagrees() {
        for (int t = 0; t < ids.length; t++) {
            TeacherDistribution law = teacher.get(t);
            if (authors.get(t) == Author.STUDENT && law != null && law.argmax() != studentArgmax[t]) {
                return true;
            }
        }
        return false;
    }
}
