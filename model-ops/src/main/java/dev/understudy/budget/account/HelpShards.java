package dev.understudy.budget.account;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.Cost;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.Window;
import java.time.Duration;
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
     *
     * Every owner writes its records under its own epoch. An owner that was replaced may take part in one more snapshot
     * and publish an R that is lower than its successor's; on a compacted topic under one name, its record would be all
     * that the next restore from an old savepoint finds.
     *
     * Money: the worst case of a call is held and its real cost settled. Holding is within R as spending is, so a crash
     * between the two loses help and never overspends. A call without an answer is settled at its worst case, since the
     * teacher may have done the work.
     */

    /** Virtual shards of a job; also its largest parallelism. */
    public static final int COUNT = 64;

    private static final int UNIQUE_BITS = 20;
    private static final long UNIQUE = (1L << UNIQUE_BITS) - 1;

    private BudgetConfig config;
    private Map<String, TenantBudget> budgets;
    private final TreeSet<String> shards;
    private final TreeMap<Scope, Map<BudgetUnit, Till>> tills = new TreeMap<>();
    /** The tills that pay for a workload, by tenant and workload: one list for help and one for audits. */
    private final Map<String, Map<String, List<Till>>> help = new HashMap<>();

    private final Map<String, Map<String, List<Till>>> audits = new HashMap<>();
    private long ownerEpoch;

    /**
     * Starts with nothing granted and nothing spent.
     *
     * @param config budgets of all tenants
     * @param shards names of the owned shards, at least one; see {@link #owned}
     * @param incarnation names this owner among all that these shards ever have, see {@link #incarnation}
     */
    public HelpShards(BudgetConfig config, Collection<String> shards, long incarnation) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("Cannot spend help without a shard: found none, expected at least one."
                    + " Lower the parallelism to " + COUNT + " or less.");
        }
        this.config = config;
        this.budgets = config.byTenant();
        this.shards = new TreeSet<>(shards);
        this.ownerEpoch = incarnation;
    }

    /**
     * A number that no other owner has: the time of its start, and random bits against two starts in one millisecond.
     *
     * @param random its lowest 20 bits are taken
     */
    public static long incarnation(Instant now, long random) {
        return (now.toEpochMilli() << UNIQUE_BITS) | (random & UNIQUE);
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
                if (usage.ownerEpoch() >= ownerEpoch) {
                    // A clock that runs behind the predecessor's: younger than it all the same, and still unique.
                    ownerEpoch = (((usage.ownerEpoch() >> UNIQUE_BITS) + 1) << UNIQUE_BITS) | (ownerEpoch & UNIQUE);
                }
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
        help.clear();
        audits.clear();
    }

    @Override
    public Reservation reserve(String tenant, String workload, Cost cost, Instant now) {
        return reserve(tenant, tills(help, Scope.ALL, tenant, workload), cost, now);
    }

    @Override
    public void settle(String tenant, String workload, Reservation.Granted reservation, Cost cost) {
        settle(tenant, tills(help, Scope.ALL, tenant, workload), reservation, cost);
    }

    @Override
    public Duration patience() {
        return config.patience();
    }

    @Override
    public WhenSpent whenSpent(String tenant) {
        TenantBudget budget = budgets.get(tenant);
        return budget == null ? WhenSpent.CONTINUE : budget.whenSpent();
    }

    /** The same shards, paying from the share that is set aside for audits. */
    public Allowance audits() {
        return new Allowance() {
            @Override
            public Reservation reserve(String tenant, String workload, Cost cost, Instant now) {
                return HelpShards.this.reserve(tenant, tills(audits, Scope.AUDITS, tenant, workload), cost, now);
            }

            @Override
            public void settle(String tenant, String workload, Reservation.Granted reservation, Cost cost) {
                HelpShards.this.settle(tenant, tills(audits, Scope.AUDITS, tenant, workload), reservation, cost);
            }
        };
    }

    private Reservation reserve(String tenant, List<Till> payers, Cost cost, Instant now) {
        TenantBudget budget = budgets.get(tenant);
        if (budget == null) {
            return new Reservation.Exhausted();
        }
        Window window = Window.of(now, budget.window());
        boolean covered = true;
        boolean exhausted = false;
        for (Till till : payers) {
            long units = cost.in(till.unit());
            till.asked(units);
            if (!till.covers(window, units)) {
                covered = false;
                exhausted |= till.exhausted(window, units, budget.cap(till.scope(), till.unit()));
            }
        }
        if (!covered) {
            return exhausted ? new Reservation.Exhausted() : new Reservation.Awaiting();
        }
        for (Till till : payers) {
            till.hold(window, cost.in(till.unit()));
        }
        return new Reservation.Granted(window.start(), cost);
    }

    private void settle(String tenant, List<Till> payers, Reservation.Granted reservation, Cost cost) {
        TenantBudget budget = budgets.get(tenant);
        if (budget == null) {
            return;
        }
        Window window = new Window(reservation.windowStart(), budget.window());
        for (Till till : payers) {
            long units = reservation.cost().in(till.unit());
            till.settle(window, units, Math.min(units, cost.in(till.unit())));
        }
    }

    private List<Till> tills(Map<String, Map<String, List<Till>>> known, String part, String tenant, String workload) {
        TenantBudget budget = budgets.get(tenant);
        // Workloads without a cap of their own share one list: their names come from outside and are without number.
        boolean capped = budget != null && budget.workloads().containsKey(workload);
        return known.computeIfAbsent(tenant, t -> new HashMap<>())
                .computeIfAbsent(capped ? workload : Scope.ALL, w -> payers(part, tenant, workload));
    }

    private List<Till> payers(String part, String tenant, String workload) {
        TenantBudget budget = budgets.get(tenant);
        List<Till> payers = new ArrayList<>();
        if (budget != null) {
            for (Scope scope : budget.payers(workload, part)) {
                for (BudgetUnit unit : BudgetUnit.values()) {
                    if (budget.cap(scope, unit) != Caps.NONE) {
                        payers.add(till(scope, unit));
                    }
                }
            }
        }
        return payers;
    }

    /**
     * Takes part in a checkpoint: asks for more, hands back what lies idle and raises the reserves.
     *
     * @param now processing time; windows past their grace are forgotten
     */
    public Snapshot snapshot(long checkpointId, Instant now) {
        List<Written> expired = new ArrayList<>();
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
     * @param expired whose records on the usage topic can be deleted
     */
    public record Snapshot(List<Usage> state, List<Usage> publish, List<Written> expired) {
        public Snapshot {
            state = List.copyOf(state);
            publish = List.copyOf(publish);
            expired = List.copyOf(expired);
        }
    }
}
