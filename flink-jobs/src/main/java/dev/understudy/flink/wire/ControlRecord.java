package dev.understudy.flink.wire;

import dev.understudy.budget.Grant;
import dev.understudy.swap.Assignment;

/** What a decoding subtask reads from the control topic. */
public sealed interface ControlRecord {
    /** Allowance for a shard. */
    record Granted(Grant grant) implements ControlRecord {}

    /**
     * The price of help.
     *
     * @param price in [0, 1], or below 0 to ask always
     */
    record Priced(String tenant, String workload, double price) implements ControlRecord {}

    /** The version that should serve. */
    record Assigned(Assignment assignment) implements ControlRecord {}
}
