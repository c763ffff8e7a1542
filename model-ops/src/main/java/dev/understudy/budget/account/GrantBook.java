package dev.understudy.budget.account;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The granting side of the budget: the ledger. At all times the grants of a scope, unit and window, less what was
 * handed back, add up to its cap at most. Not thread-safe: owned by the task thread, one book for all jobs that spend.
 *
 * <p>Use: {@link #recover} with the state of a snapshot and with every record on the control and usage topics, in any
 * order, then {@link #start}; from then on {@link #onUsage} and {@link #tick}. The grants they return belong to one
 * transaction with the book's own snapshot.
 */
public final class GrantBook {
    private BudgetConfig config;
    private Map<String, TenantBudget> budgets;
    private final Map<PoolKey, Pool> pools = new HashMap<>();
    private Instant horizon = Instant.EPOCH;
    private boolean started;

    /** Starts empty. */
    public GrantBook(BudgetConfig config) {
        this.config = config;
        this.budgets = config.byTenant();
    }

    /** Takes a grant that was made before this start. */
    public void recover(Grant grant) {
        requireStarted(false);
        account(grant.counter()).recover(grant);
    }

    /** Takes what a shard wrote before this start. */
    public void recover(Usage usage) {
        requireStarted(false);
        account(usage.counter()).merge(usage);
    }

    /**
     * Ends the recovery.
     *
     * @return all grants of windows that are not over, again: an earlier one may have been lost with its transaction
     */
    public List<Grant> start(Instant now) {
        requireStarted(false);
        started = true;
        advance(now);
        List<Grant> all = new ArrayList<>();
        pools.forEach((key, pool) -> {
            if (!key.window().endedBy(horizon)) {
                // What is new is among what is repeated.
                settle(key, new ArrayList<>());
                pool.repeat(all);
            }
        });
        return all;
    }

    /** Takes a shard's record; returns the grants that it leads to. */
    public List<Grant> onUsage(Usage usage, Instant now) {
        requireStarted(true);
        advance(now);
        if (usage.counter().window().endedBy(horizon.minus(config.grace()))) {
            return List.of();
        }
        account(usage.counter()).merge(usage);
        List<Grant> grants = new ArrayList<>();
        settle(PoolKey.of(usage.counter()), grants);
        return grants;
    }

    /** Opens a window's full cap when it begins; to be called at least once a second. */
    public List<Grant> tick(Instant now) {
        requireStarted(true);
        advance(now);
        List<Grant> grants = new ArrayList<>();
        List.copyOf(pools.keySet()).forEach(key -> settle(key, grants));
        return grants;
    }

    /** Replaces the budgets. A lowered cap binds what is not granted yet; a raised one is granted at once. */
    public List<Grant> configure(BudgetConfig changed, Instant now) {
        config = changed;
        budgets = changed.byTenant();
        return tick(now);
    }

    /** Forgets windows past their grace; returns the counters whose records on the control topic can be deleted. */
    public List<HelpCounter> expire(Instant now) {
        advance(now);
        List<HelpCounter> expired = new ArrayList<>();
        pools.entrySet().removeIf(entry -> {
            boolean past = entry.getKey().window().endedBy(horizon.minus(config.grace()));
            if (past) {
                entry.getValue().accounts.values().forEach(account -> expired.add(account.counter));
            }
            return past;
        });
        return expired;
    }

    /** The state of the book, to be given back through {@link #recover}. */
    public Snapshot snapshot() {
        List<Grant> grants = new ArrayList<>();
        List<Usage> usages = new ArrayList<>();
        for (Pool pool : pools.values()) {
            pool.repeat(grants);
            pool.accounts.values().forEach(account -> usages.add(account.usage()));
        }
        return new Snapshot(grants, usages);
    }

    /** Grants of one cap less what was handed back, in units. */
    public long outstanding(Scope scope, BudgetUnit unit, Window window) {
        Pool pool = pools.get(new PoolKey(scope, unit, window));
        return pool == null ? 0 : pool.outstanding();
    }

    /** Units of one window that shards ask for and have not been granted. */
    public long unmet(Scope scope, BudgetUnit unit, Window window) {
        Pool pool = pools.get(new PoolKey(scope, unit, window));
        return pool == null ? 0 : pool.unmet();
    }

    private void settle(PoolKey key, List<Grant> grants) {
        Pool pool = pools.get(key);
        // A window further ahead than the next one is a shard with a wrong clock; one that is over can help nobody.
        boolean open = !key.window().endedBy(horizon)
                && !key.window().start().isAfter(horizon.plus(key.window().length()));
        if (pool != null && open) {
            long cap = cap(key);
            long limit = isAhead(key) ? cap / 2 : config.pacing().open(cap, key.window(), horizon);
            pool.settle(limit, limit == cap, grants);
        }
    }

    /** Half of it can be granted before the window begins, so that shards that wake up later find some. */
    private long cap(PoolKey key) {
        TenantBudget budget = budgets.get(key.scope().tenant());
        boolean known = budget != null && budget.window().equals(key.window().length());
        return known && budget != null ? budget.cap(key.scope(), key.unit()) : 0;
    }

    private boolean isAhead(PoolKey key) {
        return key.window().start().isAfter(horizon);
    }

    /** Time never runs back here: a window that was over stays over. */
    private void advance(Instant now) {
        if (now.isAfter(horizon)) {
            horizon = now;
        }
    }

    private Account account(HelpCounter counter) {
        return pools.computeIfAbsent(PoolKey.of(counter), key -> new Pool())
                .accounts
                .computeIfAbsent(counter.shard(), shard -> new Account(counter));
    }

    private void requireStarted(boolean expected) {
        if (started != expected) {
            throw new IllegalStateException("[BUG] the grant book "
                    + (expected ? "was used before start()" : "was recovered or started after start()")
                    + ": its grants would not count those made earlier");
        }
    }

    /**
     * State of the book.
     *
     * @param grants last grant of each counter
     * @param usages merged usage of each counter
     */
    public record Snapshot(List<Grant> grants, List<Usage> usages) {
        public Snapshot {
            grants = List.copyOf(grants);
            usages = List.copyOf(usages);
        }
    }

    private record PoolKey(Scope scope, BudgetUnit unit, Window window) {
        static PoolKey of(HelpCounter counter) {
            return new PoolKey(counter.scope(), counter.unit(), counter.window());
        }
    }

    /** All counters that share one cap, by shard. */
    private static final class Pool {
        private final TreeMap<String, Account> accounts = new TreeMap<>();

        long outstanding() {
            long sum = 0;
            for (Account account : accounts.values()) {
                sum += account.outstanding();
            }
            return sum;
        }

        long unmet() {
            long sum = 0;
            for (Account account : accounts.values()) {
                sum += Math.max(0, account.wanted - account.granted);
            }
            return sum;
        }

        /** Divides the room between those that want more, in equal parts as far as they want them. */
        void settle(long limit, boolean wholeCapIsOpen, List<Grant> grants) {
            long room = Math.max(0, limit - outstanding());
            List<Account> unmet =
                    accounts.values().stream().filter(Account::wantsMore).toList();
            for (int i = 0; i < unmet.size(); i++) {
                Account account = unmet.get(i);
                int waiting = unmet.size() - i;
                long part = Math.min(account.wanted - account.granted, (room + waiting - 1) / waiting);
                room -= part;
                account.granted += part;
                account.changed |= part > 0;
            }
            // While part of the cap is kept back for later, nobody is told that it is used up.
            boolean empty = room == 0 && wholeCapIsOpen;
            for (Account account : unmet) {
                if (account.changed || account.toldEmpty != empty) {
                    account.changed = false;
                    account.toldEmpty = empty;
                    grants.add(account.grant());
                }
            }
        }

        void repeat(List<Grant> grants) {
            for (Account account : accounts.values()) {
                if (account.granted > 0 || account.toldEmpty) {
                    grants.add(account.grant());
                }
            }
        }
    }

    /** One counter as its granter sees it. */
    private static final class Account {
        private final HelpCounter counter;
        private long ownerEpoch;
        private long granted;
        private long spent;
        private long released;
        private long reserved;
        private long wanted;
        private boolean toldEmpty;
        private boolean changed;

        Account(HelpCounter counter) {
            this.counter = counter;
        }

        void recover(Grant grant) {
            granted = Math.max(granted, grant.granted());
            ownerEpoch = Math.max(ownerEpoch, grant.ownerEpoch());
        }

        void merge(Usage usage) {
            spent = Math.max(spent, usage.spent());
            released = Math.max(released, usage.released());
            reserved = Math.max(reserved, usage.reserved());
            // An owner that was replaced gets nothing new.
            if (usage.ownerEpoch() >= ownerEpoch) {
                ownerEpoch = usage.ownerEpoch();
                wanted = Math.max(wanted, usage.wanted());
            }
        }

        boolean wantsMore() {
            return wanted > granted;
        }

        long outstanding() {
            return granted - Math.min(granted, released);
        }

        Grant grant() {
            return new Grant(counter, granted, ownerEpoch, toldEmpty);
        }

        Usage usage() {
            return new Usage(counter, ownerEpoch, spent, released, Math.max(reserved, spent + released), wanted);
        }
    }
}
