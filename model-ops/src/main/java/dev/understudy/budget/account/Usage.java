package dev.understudy.budget.account;

import java.util.Objects;

/**
 * A shard's word on one counter, both its state in a snapshot and its record for the ledger. Every figure is a total
 * that only grows; of two records the larger figure wins, each for itself.
 *
 * @param counter what it is for
 * @param ownerEpoch which owner of the shard wrote it; a restore begins a new one
 * @param spent units used for calls, or lost at a restore
 * @param released units handed back to the ledger, never to be spent here
 * @param reserved the highest total that spent and released together may reach until a later record says otherwise
 * @param wanted the total grant that the shard asks for
 */
public record Usage(HelpCounter counter, long ownerEpoch, long spent, long released, long reserved, long wanted) {
    public Usage {
        Objects.requireNonNull(counter);
        if (spent < 0 || released < 0 || ownerEpoch < 0 || wanted < 0 || spent + released > reserved) {
            throw new IllegalArgumentException("Cannot record usage of " + counter + ": spent " + spent + ", released "
                    + released + ", reserved " + reserved + ", wanted " + wanted + ", epoch " + ownerEpoch
                    + "; expected none below 0 and spent + released <= reserved."
                    + " Discard the record and look for its writer.");
        }
    }
}
