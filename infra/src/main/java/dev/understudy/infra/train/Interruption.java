package dev.understudy.infra.train;

import java.util.concurrent.CountDownLatch;

/**
 * The wish of whoever sent Ctrl-C or SIGTERM, seen by the work that it interrupts: while this is open the process ends
 * only when the work has ended. Thread safe; closed by the work.
 */
final class Interruption implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "training-interruption");
    private volatile boolean requested;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** True once the process was asked to end. */
    boolean requested() {
        return requested;
    }

    private void await() {
        requested = true;
        try {
            // without a limit: what is under way is one step and one save, and half a save would be lost work
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the process began to end at this very moment; the hook finds the work ended
                return;
            }
        }
    }
}
