package dev.understudy.decode.ask;

import dev.understudy.token.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The entries of a student's vocabulary that speak of asking: the ask token, and one token a budget level, which the
 * student reads before the prompt; a student that is alone reads none, so that it reads what it always read. They are
 * no text: the own law of the student is what its law is without them, none is ever written, and the teacher is shown
 * none. Arrays are not copied; nobody modifies them.
 *
 * @param ask id of the ask token
 * @param levels [L] ascending shares of teacher tokens in (0, 1), at least one
 * @param tokens [L] id of the token of each level
 * @param trace whether the ask token stays in what the student reads
 */
public record AskEntries(int ask, double[] levels, int[] tokens, Trace trace) {
    /** What an ask leaves behind in what the student reads. */
    public enum Trace {
        /** The teacher's token alone: places of all other tokens stay as they are without asks. */
        NONE,
        /** The ask token before the teacher's, as the paper has it: the student sees its asks. */
        KEPT
    }

    /** Bytes that UTF-8 never uses. */
    private static final int[] FREE_BYTES = {
        0xC0, 0xC1, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF
    };
    /** Levels come from a file in single precision. */
    private static final double ROUNDING = 1e-6;
    /** Stand-in of the space in byte-level vocabularies; others take the free bytes' signs for letters. */
    private static final String BYTE_LEVEL_SPACE = "\u0120";

    public AskEntries {
        if (levels.length == 0 || tokens.length != levels.length) {
            throw new IllegalArgumentException("A student that asks by its vocabulary has " + levels.length
                    + " levels and " + tokens.length + " tokens; expected at least one of each and equally many."
                    + " Train it again.");
        }
        for (int i = 0; i < levels.length; i++) {
            if (!(levels[i] > (i == 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
                throw new IllegalArgumentException("A student that asks by its vocabulary has levels "
                        + Arrays.toString(levels) + "; expected them to rise within (0, 1). Train it again.");
            }
        }
    }

    /**
     * Entries of a vocabulary that no text can contain: tokens of bytes that UTF-8 never uses. With them the vocabulary
     * stays what it is, and so do its fingerprint and all who check it.
     *
     * @throws IllegalArgumentException when the vocabulary has not enough of them
     */
    public static AskEntries of(Vocabulary vocabulary, double[] levels, Trace trace) {
        List<Integer> free = free(vocabulary);
        int needed = 1 + levels.length;
        if (free.size() < needed) {
            throw new IllegalArgumentException("The vocabulary has " + free.size() + " entries that no text contains; "
                    + needed + " are needed for the ask token and the budget levels. Learn the head form instead.");
        }
        int[] tokens = new int[levels.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = free.get(1 + i);
        }
        return new AskEntries(free.get(0), levels, tokens, trace);
    }

    /** Ids of the tokens of single bytes that no text contains, ascending by byte; empty where bytes are no tokens. */
    static List<Integer> free(Vocabulary vocabulary) {
        boolean byteLevel = vocabulary.tokens().contains(BYTE_LEVEL_SPACE);
        List<Integer> free = new ArrayList<>();
        for (int one : FREE_BYTES) {
            int named = vocabulary
                    .tokens()
                    .indexOf("<0x" + HexFormat.of().withUpperCase().toHexDigits((byte) one) + ">");
            // a printable byte of Latin-1 stands for itself in byte-level vocabularies (Radford et al. 2019)
            int id = named < 0 && byteLevel ? vocabulary.tokens().indexOf(Character.toString(one)) : named;
            if (id >= 0) {
                free.add(id);
            }
        }
        return free;
    }

    /**
     * Place of the highest level that is not above a share; -1 below the lowest one.
     *
     * @param share of teacher tokens that may be used, in [0, 1]; 1 says that none is agreed upon
     */
    public int place(double share) {
        int place = -1;
        while (place + 1 < levels.length && levels[place + 1] <= share + ROUNDING) {
            place++;
        }
        return place;
    }

    /** Id of the token that tells a share, that of the highest level not above it; -1 when nothing is told. */
    public int token(double share) {
        int place = place(share);
        return place < 0 ? -1 : tokens[place];
    }

    /** Number of entries. */
    public int count() {
        return 1 + tokens.length;
    }

    /** Id of entry {@code i} of {@link #count()}; the ask token is entry 0. */
    public int id(int i) {
        return i == 0 ? ask : tokens[i - 1];
    }

    /** Whether the id is one of the entries. */
    public boolean has(int id) {
        for (int i = 0; i < count(); i++) {
            if (id(i) == id) {
                return true;
            }
        }
        return false;
    }
}
