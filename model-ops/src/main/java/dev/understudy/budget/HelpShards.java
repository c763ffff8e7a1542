package dev.understudy.budget;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The spending side of the budget in one subtask: what its virtual shards were granted, have spent and may still spend.
 * Not thread-safe: owned by the task thread.
 *
 * <p>Use: {@link #restore} once, before anything else; {@link #onGrant} for every record on the control topic, from its
 * beginning; {@link #reserve} before every teacher call; {@link #snapshot} at every checkpoint, whose records must be
 * durable on the usage topic before the checkpoint is acknowledged; {@link #checkpointCompleted} when it completed.
 */
public final class HelpShards implements Allowance {
    /*
     * Why the cap holds. A shard spends only below R, a total that is in a completed checkpoint and on the usage topic.
     * Whoever restores the shard, from that checkpoint or from an older one, finds R there or on the topic and counts
     * all of it as spent. So two owners of a shard never spend the same unit, and spent + released <= granted holds for
     * the shard as a whole. The ledger keeps the sum of granted - released within the cap. A release counts as consumed
     * here and needs a usable reserve, or a restore could forget it and spend what the ledger has granted elsewhere.
     */

    /** Virtual shards of a job; also its largest parallelism. */
    public static final int COUNT = 64;

    private BudgetConfig config;
    private Map<String, TenantBudget> budgets;
    private final TreeSet<String> shards;
    private final TreeMap<Scope, Map<BudgetUnit, Till>> tills = new TreeMap<>();
    private final Map<String, Scope> helpScopes = new HashMap<>();
    private long ownerEpoch = 1;

    /**
     * Starts with nothing granted and nothing spent.
     *
     * @param config budgets of all tenants
     * @param shards names of the owned shards, at least one; see {@link #owned}
     */
    public HelpShards(BudgetConfig config, Collection<String> shards) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("Cannot spend help without a shard: found none, expected at least one."
                    + " Lower the parallelism to " + COUNT + " or less.");
        }
        this.config = config;
        this.budgets = config.byTenant();
        this.shards = new TreeSet<>(shards);
    }

    /** Names of the shards that a subtask of a job owns: those whose number modulo the parallelism is its index. */
    public static List<String> owned(String job, int subtask, int parallelism) {
        if (parallelism < 1 || parallelism > COUNT || subtask < 0 || subtask >= parallelism) {
            throw new IllegalArgumentException("Cannot give shards of job " + job + " to subtask " + subtask + " of "
                    + parallelism + ": expected a parallelism in [1, " + COUNT + "]. Lower the job's parallelism.");
        }
        List<String> names = new ArrayList<>();
        for (int shard = subtask; shard < COUNT; shard += parallelism) {
            names.add(job + "-" + shard);
        }
        return names;
    }

    /**
     * Takes over from earlier owners; records of shards that are not owned here are passed over.
     *
     * @param state usages of the restored snapshot, of all subtasks
     * @param seen the usage topic, read to its end after the earlier owners were stopped
     */
    public void restore(Collection<Usage> state, Collection<Usage> seen) {
        takeOver(state);
        takeOver(seen);
    }

    private void takeOver(Collection<Usage> usages) {
        for (Usage usage : usages) {
            HelpCounter counter = usage.counter();
            if (shards.contains(counter.shard())) {
                purse(counter).restore(usage);
                ownerEpoch = Math.max(ownerEpoch, usage.ownerEpoch() + 1);
            }
        }
    }

    /** Takes a record of the ledger; repeats, old ones and those of other shards change nothing. */
    public void onGrant(Grant grant) {
        HelpCounter counter = grant.counter();
        if (shards.contains(counter.shard()) && grant.ownerEpoch() <= ownerEpoch) {
            purse(counter).granted(grant.granted(), grant.poolEmpty());
        }
    }

    /** Replaces the budgets. What was granted stays granted. */
    public void configure(BudgetConfig changed) {
        config = changed;
        budgets = changed.byTenant();
    }

    @Override
    public Reservation reserve(String tenant, String workload, long tokens, long calls, Instant now) {
        return reserve(helpScopes.computeIfAbsent(tenant, Scope::help), tokens, calls, now);
    }

    /** The same shards, paying from the share that is set aside for audits. */
    public Allowance audits() {
        return (tenant, workload, tokens, calls, now) -> reserve(Scope.audits(tenant), tokens, calls, now);
    }

    private Reservation reserve(Scope scope, long tokens, long calls, Instant now) {
        if (tokens < 0 || calls < 0) {
            throw new IllegalArgumentException("Cannot reserve " + tokens + " tokens and " + calls + " calls for "
                    + scope + ": expected at least 0. Reserve the cost of a call.");
        }
        TenantBudget budget = budgets.get(scope.tenant());
        if (budget == null) {
            return new Reservation.Exhausted();
        }
        Window window = Window.of(now, budget.window());
        Till tokenTill = till(scope, BudgetUnit.TOKENS);
        Till callTill = till(scope, BudgetUnit.CALLS);
        tokenTill.asked(tokens);
        callTill.asked(calls);
        if (tokenTill.covers(window, tokens) && callTill.covers(window, calls)) {
            tokenTill.spend(window, tokens);
            callTill.spend(window, calls);
            return new Reservation.Granted(window.start());
        }
        boolean exhausted = tokenTill.exhausted(window, tokens, budget.cap(scope, BudgetUnit.TOKENS))
                || callTill.exhausted(window, calls, budget.cap(scope, BudgetUnit.CALLS));
        return exhausted ? new Reservation.Exhausted() : new Reservation.Awaiting();
    }

    /**
     * Takes part in a checkpoint: asks for more, hands back what lies idle and raises the reserves.
     *
     * @param now processing time; windows past their grace are forgotten
     */
    public Snapshot snapshot(long checkpointId, Instant now) {
        List<HelpCounter> expired = new ArrayList<>();
        List<Usage> state = new ArrayList<>();
        List<Usage> publish = new ArrayList<>();
        tills.forEach((scope, byUnit) -> byUnit.values().forEach(till -> {
            expired.addAll(till.expire(now, config));
            till.closeInterval(now, budgets.get(scope.tenant()), config);
            till.snapshot(checkpointId, ownerEpoch, state, publish);
        }));
        return new Snapshot(state, publish, expired);
    }

    /** Makes usable what the snapshot of this checkpoint, and of earlier ones, reserved. */
    public void checkpointCompleted(long checkpointId) {
        tills.values().forEach(byUnit -> byUnit.values().forEach(till -> till.checkpointCompleted(checkpointId)));
    }

    /** Units of help that can be spent in the window of {@code now}; for metrics. */
    public long available(Scope scope, BudgetUnit unit, Instant now) {
        @Nullable TenantBudget budget = budgets.get(scope.tenant());
        return budget == null ? 0 : till(scope, unit).available(Window.of(now, budget.window()));
    }

    private Purse purse(HelpCounter counter) {
        return till(counter.scope(), counter.unit()).purse(counter.window(), counter.shard());
    }

    private Till till(Scope scope, BudgetUnit unit) {
        return tills.computeIfAbsent(scope, s -> new EnumMap<>(BudgetUnit.class))
                .computeIfAbsent(unit, u -> new Till(scope, u, shards.first()));
    }

    /**
     * What a checkpoint takes with it.
     *
     * @param state goes into the operator's state, one record a counter
     * @param publish goes to the usage topic, durable before the checkpoint is acknowledged
     * @param expired counters whose records on the usage topic can be deleted
     */
    public record Snapshot(List<Usage> state, List<Usage> publish, List<HelpCounter> expired) {
        public Snapshot {
            state = List.copyOf(state);
            publish = List.copyOf(publish);
            expired = List.copyOf(expired);
        }
    }
}
