package dev.understudy.decode;

import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.PromptId;
import dev.understudy.signal.Author;

/** What a host hears from its decoder, always on the task thread. */
public interface DecodeListener {
    /** Emit completion and signal; the sequence is no longer in the decoder's state. */
    void finished(FinishedSequence finished);

    /** No sequence runs on this version any more and none will: the host may close the model. */
    void drained(String version, LanguageModel model);

    /** A token was decided; for callers who watch. */
    default void wrote(PromptId prompt, int index, int token, Author author) {}
}
