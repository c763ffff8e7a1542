package dev.understudy.token;

/**
 * Text to token ids and back, as a Hugging Face {@code tokenizer.json} says. Thread safe; whoever opened it closes it.
 */
public interface Tokenizer extends AutoCloseable {
    /** Ids of a plain text; no special token is added, and special tokens written in the text are recognised. */
    int[] encode(String text);

    /** Text of ids; special tokens are left out. A cut character decodes to U+FFFD. */
    String decode(int[] ids);

    Vocabulary vocabulary();

    @Override
    void close();
}
