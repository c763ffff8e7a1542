package dev.understudy.budget.account;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All purses of one scope and unit in one subtask, and the demand that is met from them. Any owned shard may pay for
 * any prompt; new grants are asked for under the first owned shard only, so that a subtask does not spread its demand
 * over many small ones.
 */
final class Till {
    private final Scope scope;
    private final BudgetUnit unit;
    private final String firstShard;
    private final Demand demand = new Demand();
    private final TreeMap<Window, NavigableMap<String, Purse>> purses = new TreeMap<>();

    Till(Scope scope, BudgetUnit unit, String firstShard) {
        this.scope = scope;
        this.unit = unit;
        this.firstShard = firstShard;
    }

    Scope scope() {
        return scope;
    }

    BudgetUnit unit() {
        return unit;
    }

    Purse purse(Window window, String shard) {
        return purses.computeIfAbsent(window, w -> new TreeMap<>())
                .computeIfAbsent(shard, s -> new Purse(new HelpCounter(scope, unit, window, s)));
    }

    void asked(long units) {
        demand.asked(units);
    }

    boolean covers(Window window, long units) {
        return sum(window, Amount.AVAILABLE) >= units;
    }

    /** Whether nothing of this window is left to come: what is granted does not suffice and the ledger has no more. */
    boolean exhausted(Window window, long units, long cap) {
        if (units > cap) {
            return true;
        }
        // The first shard asks, so only its word is fresh: room may have come back since another one was told.
        Purse asking = of(window).get(firstShard);
        return asking != null && asking.poolEmpty() && sum(window, Amount.UNSPENT) < units;
    }

    /** Sets aside from the last shard down, so that left-overs go first and the shard that asks stays the reserve. */
    void hold(Window window, long units) {
        long left = units;
        for (Purse purse : of(window).descendingMap().values()) {
            long part = Math.min(left, purse.available());
            purse.hold(part);
            left -= part;
        }
        if (left > 0) {
            throw new IllegalStateException("[BUG] " + left + " of " + units + " " + unit + " unpaid for " + scope);
        }
    }

    /**
     * Ends the holding of some units, of which so many were spent. Which purse held them does not matter: each keeps
     * within its own reserve. Less may be held than was reserved when the till is younger than the reservation.
     */
    void settle(Window window, long units, long spent) {
        long left = units;
        long toSpend = spent;
        for (Purse purse : of(window).descendingMap().values()) {
            long part = Math.min(left, purse.held());
            long used = Math.min(part, toSpend);
            purse.settle(part, used);
            left -= part;
            toSpend -= used;
        }
    }

    /** Ends an interval of demand; asks, releases and raises the reserves for what the next intervals need. */
    void closeInterval(Instant now, @Nullable TenantBudget budget, BudgetConfig config) {
        demand.closeInterval();
        long cap = cap(budget);
        if (budget != null && demand.active() && cap > 0) {
            Window current = Window.of(now, budget.window());
            want(current, cap, config);
            long ahead = Math.min(config.lookAhead().toMillis(), budget.window().toMillis() / 4);
            if (!now.plusMillis(ahead).isBefore(current.end())) {
                want(current.next(), cap, config);
            }
        }
        boolean idle = demand.idleFor(config.idleCheckpoints());
        for (Map.Entry<Window, NavigableMap<String, Purse>> entry : purses.entrySet()) {
            boolean running = !entry.getKey().start().isAfter(now);
            for (Purse purse : entry.getValue().values()) {
                if (idle && running) {
                    purse.release();
                }
                // The rest of an idle shard's grant is covered now and so can be released at the next snapshot.
                purse.reserve(idle && running ? Long.MAX_VALUE : demand.reserve(config.minimumChunk()));
            }
        }
    }

    /** An uncapped unit needs no grants. */
    private long cap(@Nullable TenantBudget budget) {
        long cap = budget == null ? 0 : budget.cap(scope, unit);
        return cap == Caps.NONE ? 0 : cap;
    }

    private void want(Window window, long cap, BudgetConfig config) {
        long chunk = Math.min(cap, demand.chunk(config.minimumChunk()));
        long left = sum(window, Amount.UNSPENT);
        if (left < Math.max((chunk + 1) / 2, Math.min(cap, demand.largest()))) {
            purse(window, firstShard).want(chunk);
        }
    }

    /** Adds the state of every purse to {@code state}, and to {@code publish} what the ledger may not have yet. */
    void snapshot(long checkpointId, long ownerEpoch, List<Usage> state, List<Usage> publish) {
        for (NavigableMap<String, Purse> byShard : purses.values()) {
            for (Purse purse : byShard.values()) {
                Usage usage = purse.snapshot(checkpointId, ownerEpoch);
                state.add(usage);
                if (purse.needsPublishing(usage)) {
                    publish.add(usage);
                }
            }
        }
    }

    void checkpointCompleted(long checkpointId) {
        purses.values().forEach(byShard -> byShard.values().forEach(purse -> purse.checkpointCompleted(checkpointId)));
    }

    /** Forgets windows that ended longer ago than the grace; returns whose records can be deleted. */
    List<Written> expire(Instant now, BudgetConfig config) {
        List<Written> expired = new ArrayList<>();
        purses.entrySet().removeIf(entry -> {
            boolean past = entry.getKey().endedBy(now.minus(config.grace()));
            if (past) {
                entry.getValue()
                        .values()
                        .forEach(purse ->
                                purse.writers().forEach(writer -> expired.add(new Written(purse.counter(), writer))));
            }
            return past;
        });
        return expired;
    }

    long available(Window window) {
        return sum(window, Amount.AVAILABLE);
    }

    private NavigableMap<String, Purse> of(Window window) {
        NavigableMap<String, Purse> found = purses.get(window);
        return found == null ? new TreeMap<>() : found;
    }

    private long sum(Window window, Amount amount) {
        long sum = 0;
        for (Purse purse : of(window).values()) {
            sum += amount == Amount.AVAILABLE ? purse.available() : purse.unspent();
        }
        return sum;
    }

    private enum Amount {
        AVAILABLE,
        UNSPENT
    }
}
