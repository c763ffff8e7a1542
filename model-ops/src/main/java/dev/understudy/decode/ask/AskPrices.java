package dev.understudy.decode.ask;

/** The price of help, read before every decision. Owned by the task thread. */
@FunctionalInterface
public interface AskPrices {
    /** A price below every difficulty. */
    double ASK_ALWAYS = -1;

    /**
     * Price of the workload in [0, 1], or {@link #ASK_ALWAYS}.
     *
     * @param version student version that decodes: a price found for another one says nothing about this one
     */
    double price(String tenant, String workload, String version);

    /**
     * Share of teacher tokens that the workload may use, in [0, 1]; read once a sequence. A learned policy is told it
     * as its budget level. 1 where no share is agreed upon.
     */
    default double level(String tenant, String workload) {
        return 1;
    }
}
