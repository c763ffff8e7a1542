package dev.understudy.gate;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.LabelledSequence;
import java.util.Optional;

/**
 * One held-out sequence with the right token at every position. Arrays are not copied; nobody modifies them.
 *
 * @param workload unit of the gate's rules
 * @param promptIds prompt token ids [P], at least one
 * @param contextIds [T] completion tokens that stand as context, at least one
 * @param labelIds [T] the right token at each position, given the context before it
 */
public record GateExample(String workload, int[] promptIds, int[] contextIds, int[] labelIds) {
    public GateExample {
        if (promptIds.length == 0 || contextIds.length == 0 || contextIds.length != labelIds.length) {
            throw new IllegalArgumentException("[BUG] gate example with " + promptIds.length + " prompt ids, "
                    + contextIds.length + " context ids, " + labelIds.length + " labels");
        }
    }

    /** A verified answer, its end token included. */
    public static GateExample verified(String workload, int[] promptIds, int[] answerIds) {
        return new GateExample(workload, promptIds, answerIds, answerIds);
    }

    /** A held-out signal, labelled by the teacher's argmax; empty unless every position is labelled. */
    public static Optional<GateExample> of(LabelledSequence sequence) {
        if (!sequence.isDense()) {
            return Optional.empty();
        }
        int[] labels =
                sequence.laws().stream().mapToInt(TeacherDistribution::argmax).toArray();
        return Optional.of(new GateExample(sequence.workload(), sequence.promptIds(), sequence.tokenIds(), labels));
    }
}
