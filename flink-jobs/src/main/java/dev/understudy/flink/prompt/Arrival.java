package dev.understudy.flink.prompt;

import dev.understudy.prompt.Prompt;
import org.jspecify.annotations.Nullable;

/** What became of a record of the prompt topic. */
public sealed interface Arrival {
    /** It may be decoded. */
    record Accepted(Prompt prompt) implements Arrival {}

    /**
     * It may not; the caller hears why.
     *
     * @param id the prompt's id, null when it could not be read
     * @param tenant the prompt's tenant, null when it could not be read
     * @param reason kind of problem, stable for programs
     * @param message what was found, what was expected, what to do
     */
    record Rejected(@Nullable String id, @Nullable String tenant, RejectionReason reason, String message)
            implements Arrival {}
}
