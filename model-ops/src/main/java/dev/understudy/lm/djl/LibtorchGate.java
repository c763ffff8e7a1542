package dev.understudy.lm.djl;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.StampedLock;

/**
 * The way into libtorch, shut before the process ends: {@code exit} destroys libtorch's static objects, and a call that
 * is under way then reads freed memory. The JVM waits 0.3 s for threads in native code, so only calls that may take
 * longer pass here. One for the process, as libtorch is. Thread safe.
 */
final class LibtorchGate {
    // not reentrant, so only single native calls lie between enter and leave; makes no garbage, as decode steps pass
    private static final StampedLock CALLS = new StampedLock();

    private LibtorchGate() {}

    /**
     * Lets the calling thread in; once the gate is shut it waits for ever.
     *
     * @return what {@link #leave} takes
     */
    static long enter() {
        return CALLS.readLock();
    }

    /** Says that the call has ended. */
    static void leave(long entered) {
        CALLS.unlockRead(entered);
    }

    /** Lets nobody in any more and waits until nobody is inside, at most so long. */
    static void shut(Duration longest) throws InterruptedException {
        CALLS.tryWriteLock(longest.toNanos(), TimeUnit.NANOSECONDS);
    }
}
