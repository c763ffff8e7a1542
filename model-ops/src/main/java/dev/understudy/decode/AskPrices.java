package dev.understudy.decode;

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
}
