package dev.understudy.flink.prompt;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Records that are read, checked and turned into token ids on a thread of their own, while the task thread decodes.
 * They leave in the order in which they came. What is in the line is in nobody's state: the owner empties it before a
 * snapshot. Owned by the task thread.
 *
 * @param <R> what comes in
 */
public final class IntakeLine<R> implements AutoCloseable {
    private static final long STOP_SECONDS = 10;

    private final Function<R, Arrival> reading;
    private final Runnable ready;
    private final ExecutorService thread;
    private final Queue<Place<R>> line = new ArrayDeque<>();
    private final AtomicBoolean told = new AtomicBoolean();

    /** A record that left the line, and what became of it. */
    public record Read<R>(R record, Arrival arrival) {}

    private record Place<R>(R record, CompletableFuture<Arrival> arrival) {}

    /**
     * @param reading called on the line's thread, one record at a time; what it throws is thrown to the owner
     * @param ready called on the line's thread when another record has been read, and not again before {@link #heard()}
     */
    public IntakeLine(Function<R, Arrival> reading, Runnable ready, String threadName) {
        this.reading = reading;
        this.ready = ready;
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, threadName);
            made.setDaemon(true);
            return made;
        });
    }

    /** Takes a record; never blocks. */
    public void add(R record) {
        CompletableFuture<Arrival> arrival = new CompletableFuture<>();
        line.add(new Place<>(record, arrival));
        thread.execute(() -> {
            try {
                arrival.complete(reading.apply(record));
            } catch (RuntimeException | Error e) {
                arrival.completeExceptionally(e);
            }
            if (told.compareAndSet(false, true)) {
                ready.run();
            }
        });
    }

    /** The owner knows that a record has been read and looks now; it is told of the next one. */
    public void heard() {
        told.set(false);
    }

    /** Records in the line, read or not. */
    public int size() {
        return line.size();
    }

    /** The first record, if it has been read; it leaves the line. */
    public Optional<Read<R>> next() {
        Place<R> first = line.peek();
        return first == null || !first.arrival().isDone() ? Optional.empty() : awaitNext();
    }

    /** The first record, which is waited for; empty when the line is. */
    public Optional<Read<R>> awaitNext() {
        Place<R> first = line.poll();
        if (first == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Read<>(first.record(), first.arrival().get()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a prompt was read; the task stops.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("[BUG] a prompt could be neither accepted nor rejected", e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            // Behind it is a native tokenizer that its owner closes next.
            thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
