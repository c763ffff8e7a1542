package dev.understudy.flink.prompt;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Open while the decode operator has room for another prompt. The gated reader and the operator chained behind it run
 * on the same task thread and meet here; nothing is locked. Owned by the task thread, except that anyone may wait on
 * {@link #opened()}.
 */
public final class SlotGate {
    private static final CompletableFuture<Void> OPEN = CompletableFuture.completedFuture(null);

    /*
     * A thread local and not a parameter: Flink makes the reader and the operator in separate factories and offers no
     * other place that a chain shares. The operator initialises before its reader polls (chains open from the tail).
     */
    private static final ThreadLocal<@Nullable SlotGate> OF_TASK = new ThreadLocal<>();

    private CompletableFuture<Void> opened = OPEN;

    private SlotGate() {}

    /** Makes the gate of the calling task thread, open, in place of any earlier one. */
    public static SlotGate install() {
        SlotGate gate = new SlotGate();
        OF_TASK.set(gate);
        return gate;
    }

    /** Removes the gate of the calling task thread and lets a waiting reader go. */
    public void uninstall() {
        OF_TASK.remove();
        open();
    }

    /** The gate of the calling task thread; null when the operator is not chained to the source. */
    static @Nullable SlotGate ofTask() {
        return OF_TASK.get();
    }

    /** True while prompts may be admitted. */
    public boolean isOpen() {
        return opened.isDone();
    }

    /** Completes when the gate opens; already complete while it is open. */
    CompletableFuture<Void> opened() {
        return opened;
    }

    /** Stops admission. No effect on a closed gate. */
    public void close() {
        if (opened.isDone()) {
            opened = new CompletableFuture<>();
        }
    }

    /** Admits again. No effect on an open gate. */
    public void open() {
        CompletableFuture<Void> waiting = opened;
        opened = OPEN;
        waiting.complete(null);
    }
}
