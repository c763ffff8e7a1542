package dev.understudy.decode;

import dev.understudy.lm.LanguageModel;
import dev.understudy.prompt.Prompt;
import dev.understudy.token.Tokenizer;
import java.time.Clock;
import java.util.List;

/** Skeleton: signatures only. */
public final class Decoder implements AutoCloseable {
    public Decoder(
            DecodeConfig config,
            Tokenizer tokenizer,
            Help help,
            DecodeListener listener,
            HelpStatistics statistics,
            Clock clock) {}

    /** New sequences go to this version from now on; sequences on other versions end there. A canary ends. */
    public void serve(String version, LanguageModel model) {}

    /**
     * The given share of new prompts (by hash of the prompt id) goes to this version, the others to the serving one.
     */
    public void canary(String version, LanguageModel model, double share) {}

    /** Version that new sequences go to; empty before the first {@link #serve}. */
    public String serving() {
        return "";
    }

    /** Prompts that may be admitted now. */
    public int freeSlots() {
        return 0;
    }

    /** Takes a prompt; it is decoded from the next step on. Never blocks; queues when no slot is free. */
    public void admit(Prompt prompt) {}

    /** Takes a sequence back from state. */
    public void resume(SequenceSnapshot snapshot) {}

    /** Whether {@link #step()} has something to do now (false while all rows wait for the teacher). */
    public boolean hasWork() {
        return false;
    }

    /** Whether no sequence is in the decoder. */
    public boolean isEmpty() {
        return true;
    }

    /** One decode step. */
    public void step() {}

    /** Every sequence in flight. */
    public List<SequenceSnapshot> snapshot() {
        return List.of();
    }

    /** Closes the caches; models stay with the host. */
    @Override
    public void close() {}
}
