package dev.understudy.budget.account;

import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Scope;
import dev.understudy.budget.Window;
import java.util.Objects;

/**
 * Names one pair of counters, granted and spent, that only grow.
 *
 * @param scope whose cap it belongs to
 * @param unit what is counted
 * @param window in which it counts
 * @param shard the virtual shard that spends, such as {@code decode-17}; see {@link HelpShards#owned}
 */
public record HelpCounter(Scope scope, BudgetUnit unit, Window window, String shard) {
    public HelpCounter {
        Objects.requireNonNull(scope);
        Objects.requireNonNull(unit);
        Objects.requireNonNull(window);
        if (shard.isBlank()) {
            throw new IllegalArgumentException("Cannot name a help counter of " + scope
                    + ": the shard is blank, expected a name such as decode-17. Use HelpShards.owned.");
        }
    }
}
