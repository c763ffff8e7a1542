package dev.understudy.lm;

/**
 * Keys and values of up to {@code rows} sequences in native memory. Made by {@link LanguageModel#newCache}, closed by
 * whoever asked for it; used only by the thread that steps the model.
 */
public interface KvCache extends AutoCloseable {
    int rows();

    /** Tokens that row {@code row} holds. */
    int length(int row);

    /** Forgets the tokens of {@code row} from position {@code length} on; 0 empties the row. */
    void truncate(int row, int length);

    @Override
    void close();
}
