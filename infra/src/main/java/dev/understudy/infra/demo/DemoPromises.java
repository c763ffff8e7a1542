package dev.understudy.infra.demo;

import dev.understudy.infra.demo.DemoChecks.Promise;

/** What the two stories must show. */
final class DemoPromises {
    /** Two drifts, a poisoned round, a settled end. */
    static final Promise FULL = new Promise("log-c2", "order-c2", 2, 1, 0.5, 0.15, Traffic.SMALL, Traffic.LARGE, 0.95);

    /** One schema change and one round: the loop moves, no more is claimed. */
    static final Promise BRIEF = new Promise("log-c2", "", 1, 0, 0.3, 0, Traffic.SMALL, Traffic.LARGE, 0);

    private DemoPromises() {}
}
