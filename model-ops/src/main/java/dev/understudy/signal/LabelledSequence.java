package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import java.util.List;

/**
 * One training example: a sequence and the teacher's law of some of its completion tokens. The completion is cut behind
 * the last labelled token. Arrays are not copied; nobody modifies them.
 *
 * @param workload unit of replay and gate
 * @param tenant whose traffic it is; empty for seed data that belongs to nobody
 * @param promptIds prompt token ids [P], at least one
 * @param tokenIds completion token ids [T] that stand as context
 * @param positions [N] ascending completion positions in [0, T) whose law is known, at least one
 * @param laws [N] the law of the token at each of these positions, given everything before it
 */
public record LabelledSequence(
        String workload,
        String tenant,
        int[] promptIds,
        int[] tokenIds,
        int[] positions,
        List<TeacherDistribution> laws) {
    public LabelledSequence {
        laws = List.copyOf(laws);
        if (promptIds.length == 0 || positions.length == 0 || positions.length != laws.size()) {
            throw new IllegalArgumentException("[BUG] labelled sequence with " + promptIds.length + " prompt ids, "
                    + positions.length + " positions, " + laws.size() + " laws");
        }
        int previous = -1;
        for (int position : positions) {
            if (position <= previous || position >= tokenIds.length) {
                throw new IllegalArgumentException("[BUG] position " + position + " after " + previous + " in a"
                        + " completion of " + tokenIds.length + " tokens");
            }
            previous = position;
        }
    }

    /** A verified pair as an example: every answer token (end token included) is its own label, K = 1. */
    public static LabelledSequence ofPair(String workload, int[] promptIds, int[] answerIds) {
        throw new UnsupportedOperationException();
    }

    /** True when every completion position is labelled, so that exact match can be read off it. */
    public boolean isDense() {
        return positions.length == tokenIds.length;
    }

    /** Prompt and completion tokens. */
    public int length() {
        return promptIds.length + tokenIds.length;
    }

    /** Approximate heap size in bytes; what the replay buffer counts. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** 64-bit hash of the prompt's content; equal prompts are one prompt for hold-out and repeats. */
    public long promptHash() {
        throw new UnsupportedOperationException();
    }
}
