package dev.understudy.teacher;

import java.util.concurrent.CompletableFuture;

/**
 * The large model. Thread safe: subtasks of one process share it. A look is written to the {@link CallLog} before the
 * work starts, so what the log holds is never less than what was spent.
 */
public interface Teacher extends AutoCloseable {
    /** Name and version, recorded with every signal. */
    String version();

    /**
     * Completes on a thread of the teacher; exceptionally when the teacher is down. The caller has reserved the cost
     * before.
     */
    CompletableFuture<Reply> look(Look look);

    /** The most that a look can cost, in micro-dollars; the reply says what it has cost. */
    default long worstCost(Look look) {
        return 0;
    }

    /** The sequence is finished; a cache kept for it may go. */
    void forget(String sequence);

    @Override
    void close();
}
