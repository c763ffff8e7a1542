package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One finished sequence that the teacher touched or looked at: the training signal. Arrays are not copied; nobody
 * modifies them.
 *
 * @param promptId identity of the prompt
 * @param tenant who asked
 * @param workload unit of quarantine, replay and gate
 * @param promptIds prompt token ids [P]
 * @param tokenIds completion token ids [T], the end token included when the sequence ended by it
 * @param authors [T] who wrote each
 * @param studentArgmax [T] the student's most probable token at each position (equal to the token where it wrote
 *     greedily)
 * @param studentConfidence [T] probability of that token under the student, in (0, 1]
 * @param difficulty [T] what the policy held against the price, in [0, 1]; 1 - {@code studentConfidence} for policy
 *     confidence
 * @param teacher [T] the teacher's law at each position, null where it never looked
 * @param propensity 1 when asked, audit share when only audited
 * @param studentVersion checkpoint id that decoded
 * @param teacherVersion teacher that looked
 * @param vocabulary fingerprint of the shared vocabulary, hexadecimal
 * @param consent whether it may be learnt from
 */
public record Intervention(
        String promptId,
        String tenant,
        String workload,
        int[] promptIds,
        int[] tokenIds,
        List<Author> authors,
        int[] studentArgmax,
        float[] studentConfidence,
        float[] difficulty,
        List<@Nullable TeacherDistribution> teacher,
        double propensity,
        String studentVersion,
        String teacherVersion,
        String vocabulary,
        boolean consent) {
    public Intervention {
        authors = List.copyOf(authors);
        teacher = Collections.unmodifiableList(new ArrayList<>(teacher));
    }

    /** True when the teacher's law is known at every position. */
    public boolean seenWhole() {
        return !teacher.contains(null);
    }
}
