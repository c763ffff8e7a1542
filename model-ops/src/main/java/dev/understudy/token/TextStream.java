package dev.understudy.token;

import java.util.Arrays;

/**
 * The text of a growing list of ids, in pieces that never cut a character. A piece is held back while it may still
 * change: the last bytes of an unfinished character decode to U+FFFD, at most three of them. The pieces joined are the
 * text of all ids. Not thread safe; the tokenizer stays with the caller.
 *
 * <p>Only the ids behind the last finished piece, and that piece as their context, are decoded again, so that a token
 * costs the same at any length.
 */
public final class TextStream {
    /** A character of UTF-8 is complete after four bytes. */
    private static final int MOST_PENDING = 3;

    private static final char UNFINISHED = '\uFFFD';

    private final Tokenizer tokenizer;
    private final StringBuilder text = new StringBuilder();
    private int[] window = new int[16];
    private int size;
    /** Ids at the start of the window whose text is finished: the context of what follows. */
    private int context;
    /** Text of the context. */
    private String contextText = "";
    /** Part of the window's text that was handed out, beginning with that of the context. */
    private String given = "";

    public TextStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Takes the next id and returns what it finishes; often a word, empty in the middle of a character. */
    public String add(int id) {
        if (size == window.length) {
            window = Arrays.copyOf(window, 2 * size);
        }
        window[size++] = id;
        String now = tokenizer.decode(Arrays.copyOf(window, size));
        int sure = now.length();
        while (sure > 0 && now.length() - sure < MOST_PENDING && now.charAt(sure - 1) == UNFINISHED) {
            sure--;
        }
        if (sure <= given.length() || !now.startsWith(given)) {
            return "";
        }
        String piece = now.substring(given.length(), sure);
        given = now.substring(0, sure);
        text.append(piece);
        if (sure == now.length()) {
            advance();
        }
        return piece;
    }

    /** What was held back, for after the last id: unfinished characters as U+FFFD. */
    public String end() {
        String now = tokenizer.decode(Arrays.copyOf(window, size));
        String rest = now.startsWith(given) ? now.substring(given.length()) : "";
        given = now;
        text.append(rest);
        return rest;
    }

    /** Everything that was handed out so far. */
    public String text() {
        return text.toString();
    }

    /** Drops the old context: what came after it is the next one. */
    private void advance() {
        int fresh = size - context;
        String freshText = given.substring(contextText.length());
        String alone = tokenizer.decode(Arrays.copyOfRange(window, context, size));
        // ids without a text of their own, such as special tokens, are no context: a blank after them would be lost
        if (context > 0 && (freshText.isEmpty() || alone.isEmpty())) {
            return;
        }
        System.arraycopy(window, context, window, 0, fresh);
        size = fresh;
        context = fresh;
        contextText = alone;
        given = alone;
    }
}
