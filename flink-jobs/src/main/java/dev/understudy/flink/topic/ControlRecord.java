package dev.understudy.flink.topic;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.account.Grant;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.swap.Assignment;

/** What decoding and the ledger read from the control topic. */
public sealed interface ControlRecord {
    /** Allowance for a shard. */
    record Granted(Grant grant) implements ControlRecord {}

    /** The price of help. */
    record Priced(PriceSet price) implements ControlRecord {}

    /**
     * Caps and a target.
     *
     * @param change what they are
     * @param author whether an operator set them
     */
    record Configured(BudgetChange change, Author author) implements ControlRecord {
        /** Who speaks. */
        public enum Author {
            OPERATOR,
            /** The ledger, of what the job was started with. */
            SETTINGS
        }
    }

    /** The version that should serve. */
    record Assigned(Assignment assignment) implements ControlRecord {}
}
