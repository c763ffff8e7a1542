package dev.understudy.token;

/**
 * Text to token ids and back, as a Hugging Face {@code tokenizer.json} says. Thread safe; whoever opened it closes it.
 * What is said of special tokens is by default that there are none.
 */
public interface Tokenizer extends AutoCloseable {
    /**
     * Ids of a text: no special token is added, and special tokens written in the text are recognised unless they are
     * quoted. A lone surrogate counts as U+FFFD.
     */
    int[] encode(String text);

    /** Like {@link #encode}, with the special tokens that the tokenizer puts around a whole text. */
    default int[] encodeWithSpecials(String text) {
        return encode(text);
    }

    /**
     * A text in the form in which {@link #encode} takes it literally: a special token's name in it stays plain text.
     * For everything that a stranger wrote. Quoted and other texts may be joined. The quotation is made with U+FDD0,
     * which Unicode keeps out of texts; where it comes all the same it becomes U+FFFD.
     */
    default String quote(String text) {
        return text;
    }

    /** Text of ids; special tokens are left out. A cut character decodes to U+FFFD. */
    String decode(int[] ids);

    /** Text of ids, special tokens with their names. A cut character decodes to U+FFFD. */
    default String decodeWithSpecials(int[] ids) {
        return decode(ids);
    }

    Vocabulary vocabulary();

    /**
     * sha256, hexadecimal, of what decides how a text is cut into tokens; empty when there are no such rules. Two
     * parties of one vocabulary that cut differently understand each other but not each other's habits.
     */
    default String rules() {
        return "";
    }

    @Override
    void close();
}
