package dev.understudy.flink.swap;

import dev.understudy.swap.SwapAction;

/** What a {@link ModelSwap} needs of the task that it runs in. Called on the task thread only. */
public interface SwapHost {
    /** New sequences run on this version from now on. The host does not close the model. */
    void serve(ModelVersion version);

    /**
     * Writes a report.
     *
     * @param times what loading and swapping took
     */
    void report(SwapAction.Report report, SwapTimes times);

    /** Runs a task on the task thread; called from the loader thread. */
    void mail(Runnable task);
}
