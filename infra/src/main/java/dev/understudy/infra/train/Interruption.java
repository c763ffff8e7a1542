package dev.understudy.infra.train;

import java.util.concurrent.Phaser;

/**
 * The wish of whoever sent Ctrl-C or SIGTERM, seen by the work that it interrupts: whoever passes it on waits until all
 * work has ended that was begun before. Thread safe.
 */
public final class Interruption {
    private final Phaser work = new Phaser(1);
    private volatile boolean requested;
    private volatile boolean begun;

    /** Work that must come to its own end; closed by the thread that does it. */
    interface Work extends AutoCloseable {
        @Override
        void close();
    }

    /** Says that work begins. */
    Work begin() {
        begun = true;
        work.register();
        return work::arriveAndDeregister;
    }

    /** True once the process was asked to end. */
    boolean requested() {
        return requested;
    }

    /**
     * True once the process was asked to end and nothing was begun that comes to its own end: what fails then fails
     * because its files and threads go.
     */
    public boolean cutsOff() {
        return requested && !begun;
    }

    /** Asks all work to end and waits for it. */
    public void request() {
        requested = true;
        // without a limit: what is under way is one step and one save, and half a save would be lost work
        work.arriveAndAwaitAdvance();
    }
}
