package dev.understudy.decode;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.signal.Author;
import org.jspecify.annotations.Nullable;

/**
 * What the student of one version reads of a sequence: prompt and completion, and where its vocabulary speaks of asking
 * the token of the budget before them and, if it was trained so, the ask token before each token of the teacher's. The
 * sequence itself holds none of these. Without state.
 */
final class StudentReading {
    private final @Nullable AskEntries entries;
    private final boolean told;

    /**
     * @param entries of the version's vocabulary; null where it has none
     * @param told whether the student is told its budget; else it reads what it reads alone
     */
    StudentReading(@Nullable AskEntries entries, boolean told) {
        this.entries = entries;
        this.told = told;
    }

    /** Tokens that the student reads before it decides the next one. */
    int length(Sequence sequence) {
        return sequence.length() + beyond(sequence);
    }

    /** Tokens that the student reads besides prompt and completion. */
    int beyond(Sequence sequence) {
        AskEntries special = entries;
        if (special == null || !told) {
            return 0;
        }
        int budget = special.token(sequence.level) < 0 ? 0 : 1;
        return special.trace() == Trace.KEPT ? budget + asks(sequence) : budget;
    }

    /** Token {@code index} of what the student reads. */
    int tokenAt(Sequence sequence, int index) {
        AskEntries special = entries;
        if (special == null || !told) {
            return sequence.tokenAt(index);
        }
        int budget = special.token(sequence.level);
        int from = budget < 0 ? 0 : 1;
        if (index < from) {
            return budget;
        }
        int at = index - from - sequence.prompt.tokenIds().length;
        if (at < 0 || special.trace() == Trace.NONE) {
            return sequence.tokenAt(index - from);
        }
        int position = 0;
        while (at > width(sequence, position) - 1) {
            at -= width(sequence, position++);
        }
        return at < width(sequence, position) - 1 ? special.ask() : sequence.id(position);
    }

    /** Tokens from {@code from} on, at most {@code count}. */
    int[] slice(Sequence sequence, int from, int count) {
        int[] block = new int[Math.min(count, length(sequence) - from)];
        for (int i = 0; i < block.length; i++) {
            block[i] = tokenAt(sequence, from + i);
        }
        return block;
    }

    private static int width(Sequence sequence, int position) {
        return sequence.author(position) == Author.TEACHER ? 2 : 1;
    }

    private static int asks(Sequence sequence) {
        int asks = 0;
        for (int position = 0; position < sequence.size(); position++) {
            asks += sequence.author(position) == Author.TEACHER ? 1 : 0;
        }
        return asks;
    }
}
