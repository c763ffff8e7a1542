package dev.understudy.budget.account;

import java.util.Objects;

/**
 * The ledger's word on one counter. Of two for the same counter the larger total wins, in whatever order they come.
 *
 * @param counter what it is for
 * @param granted all that was ever granted to this counter, in units; never falls
 * @param ownerEpoch the youngest owner of the shard that the ledger has heard of; an older one takes nothing from it
 * @param poolEmpty whether the cap had no room left after this grant; only a hint for the answer to callers
 */
public record Grant(HelpCounter counter, long granted, long ownerEpoch, boolean poolEmpty) {
    public Grant {
        Objects.requireNonNull(counter);
        if (granted < 0 || ownerEpoch < 0) {
            throw new IllegalArgumentException("Cannot grant " + granted + " in owner epoch " + ownerEpoch + " for "
                    + counter + ": both must be at least 0. Discard the record and look for its writer.");
        }
    }
}
