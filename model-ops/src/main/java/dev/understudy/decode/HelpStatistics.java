package dev.understudy.decode;

/** Figures for the price controller, reported on the task thread once a finished sequence. */
public interface HelpStatistics {
    /** Ignores everything. */
    HelpStatistics NONE = new HelpStatistics() {
        @Override
        public void finished(String tenant, String workload, String version, int tokens, int masked) {}

        @Override
        public void seenWhole(String tenant, String workload, String version, double priceNeeded, double propensity) {}
    };

    /**
     * A sequence is done.
     *
     * @param version student version
     * @param tokens completion tokens
     * @param masked positions at which help was wanted and not given
     */
    void finished(String tenant, String workload, String version, int tokens, int masked);

    /**
     * The teacher's law is known at every position.
     *
     * @param priceNeeded {@link WrittenTokens#priceNeeded()}, in [0, 1]
     * @param propensity probability of having been seen: 1 when the student asked, else the audit share
     */
    void seenWhole(String tenant, String workload, String version, double priceNeeded, double propensity);
}
