package dev.understudy.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A ledger, a job of several subtasks, the two topics between them and a teacher that counts, all in one thread. Events
 * are drawn from a seed: calls, checkpoints that complete, abort or are told late, records delivered in any order,
 * twice or never, crashes of the job and of the ledger with restores from old savepoints, rescales, and subtasks that
 * go on after they were replaced.
 */
final class BudgetSimulation {
    /** A rule of the protocol that this run breaks on purpose. */
    enum Fault {
        NONE,
        RESERVE_USED_BEFORE_CHECKPOINT,
        SPENT_RESTORED_INSTEAD_OF_RESERVE,
        USAGE_NOT_READ_AT_RESTORE,
        CONTROL_NOT_READ_AT_LEDGER_START
    }

    static final List<TenantBudget> TENANTS = List.of(
            new TenantBudget("acme", 100, 80, Duration.ofSeconds(20), 0.25, new HelpTarget.Quality(0.98), 0.02),
            new TenantBudget("globex", 200, 120, Duration.ofSeconds(30), 0.1, new HelpTarget.Quality(0.98), 0.02));
    private static final BudgetConfig CONFIG =
            new BudgetConfig(TENANTS, 3, 2, Duration.ofSeconds(5), Duration.ofMinutes(2));

    private final SplittableRandom random;
    private final Fault fault;
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private GrantBook book = new GrantBook(CONFIG);
    private final List<GrantBook.Snapshot> bookSavepoints = new ArrayList<>();
    private final List<Grant> uncommitted = new ArrayList<>();
    private final List<Grant> control = new ArrayList<>();
    private final List<Usage> usage = new ArrayList<>();
    private final List<Usage> toLedger = new ArrayList<>();
    private final List<Subtask> subtasks = new ArrayList<>();
    private final List<Subtask> replaced = new ArrayList<>();
    private final List<List<Usage>> savepoints = new ArrayList<>();
    private long checkpointId;
    private final Map<Integer, List<Usage>> acknowledged = new TreeMap<>();
    private final Map<HelpCounter, Long> teacher = new HashMap<>();

    private static final class Subtask {
        private final HelpShards shards;
        private final List<Grant> grants = new ArrayList<>();
        private final List<Long> completions = new ArrayList<>();

        Subtask(HelpShards shards) {
            this.shards = shards;
        }
    }

    BudgetSimulation(long seed, Fault fault) {
        this.random = new SplittableRandom(seed);
        this.fault = fault;
        uncommitted.addAll(book.start(now));
        startJob(2, List.of());
    }

    void run(int events) {
        for (int i = 0; i < events; i++) {
            step();
            check();
        }
    }

    private void step() {
        int event = random.nextInt(1000);
        if (event < 300) {
            burst(pick(subtasks));
        } else if (event < 330 && !replaced.isEmpty()) {
            burst(pick(replaced));
        } else if (event < 600) {
            deliver();
        } else if (event < 780) {
            acknowledgeCheckpoint();
        } else if (event < 790) {
            acknowledged.clear();
        } else if (event < 860) {
            tellCompletion(random.nextInt(8) == 0 && !replaced.isEmpty() ? pick(replaced) : pick(subtasks));
        } else if (event < 955) {
            commitLedger();
        } else if (event < 990) {
            now = now.plusMillis(random.nextInt(2000));
            uncommitted.addAll(book.tick(now));
        } else if (event < 993 && !replaced.isEmpty()) {
            publishLate(pick(replaced));
        } else if (event < 997) {
            restartJob();
        } else {
            restartLedger();
        }
    }

    private void burst(Subtask subtask) {
        int calls = random.nextInt(1, 8);
        for (int i = 0; i < calls; i++) {
            call(subtask);
        }
    }

    private void call(Subtask subtask) {
        TenantBudget tenant = pick(TENANTS);
        boolean audit = random.nextInt(10) == 0;
        long tokens = audit ? random.nextInt(3, 9) : 1;
        Allowance allowance = audit ? subtask.shards.audits() : subtask.shards;
        if (allowance.reserve(tenant.tenant(), "order", tokens, 1, now) instanceof Reservation.Granted paid) {
            Window window = new Window(paid.windowStart(), tenant.window());
            Scope scope = Scope.help(tenant.tenant());
            teacher.merge(new HelpCounter(scope, BudgetUnit.TOKENS, window, "teacher"), tokens, Long::sum);
            teacher.merge(new HelpCounter(scope, BudgetUnit.CALLS, window, "teacher"), 1L, Long::sum);
        }
    }

    private void deliver() {
        for (int i = 0; i < 3 && !toLedger.isEmpty(); i++) {
            int index = random.nextInt(toLedger.size());
            Usage record = random.nextInt(5) == 0 ? toLedger.get(index) : toLedger.remove(index);
            uncommitted.addAll(book.onUsage(record, now));
        }
        Subtask subtask = random.nextInt(8) == 0 && !replaced.isEmpty() ? pick(replaced) : pick(subtasks);
        for (int i = 0; i < 6 && !subtask.grants.isEmpty(); i++) {
            int index = random.nextInt(subtask.grants.size());
            subtask.shards.onGrant(random.nextInt(5) == 0 ? subtask.grants.get(index) : subtask.grants.remove(index));
        }
    }

    /** One subtask after the other takes its snapshot; the last one completes the checkpoint. */
    private void acknowledgeCheckpoint() {
        if (acknowledged.isEmpty()) {
            checkpointId++;
        }
        int index = acknowledged.size();
        HelpShards.Snapshot snapshot = subtasks.get(index).shards.snapshot(checkpointId, now);
        publish(snapshot);
        if (fault == Fault.RESERVE_USED_BEFORE_CHECKPOINT) {
            subtasks.get(index).shards.checkpointCompleted(checkpointId);
        }
        acknowledged.put(index, snapshot.state());
        if (acknowledged.size() == subtasks.size()) {
            savepoints.add(acknowledged.values().stream().flatMap(List::stream).toList());
            acknowledged.clear();
            for (Subtask subtask : subtasks) {
                subtask.completions.add(checkpointId);
                if (random.nextInt(4) > 0) {
                    tellCompletion(subtask);
                }
            }
        }
    }

    private void publish(HelpShards.Snapshot snapshot) {
        usage.addAll(snapshot.publish());
        // The topic keeps every record, the ledger may miss one until it reads the topic again.
        snapshot.publish().stream().filter(u -> random.nextInt(20) > 0).forEach(toLedger::add);
    }

    private void publishLate(Subtask zombie) {
        publish(zombie.shards.snapshot(checkpointId + 1, now));
        if (fault == Fault.RESERVE_USED_BEFORE_CHECKPOINT) {
            zombie.shards.checkpointCompleted(checkpointId + 1);
        }
    }

    private void tellCompletion(Subtask subtask) {
        if (!subtask.completions.isEmpty()) {
            subtask.shards.checkpointCompleted(subtask.completions.remove(subtask.completions.size() - 1));
        }
    }

    private void commitLedger() {
        bookSavepoints.add(book.snapshot());
        control.addAll(uncommitted);
        subtasks.forEach(subtask -> subtask.grants.addAll(uncommitted));
        replaced.forEach(subtask -> subtask.grants.addAll(uncommitted));
        uncommitted.clear();
    }

    private void restartLedger() {
        uncommitted.clear();
        book = new GrantBook(CONFIG);
        if (!bookSavepoints.isEmpty() && random.nextInt(4) > 0) {
            GrantBook.Snapshot old = pick(bookSavepoints);
            old.grants().forEach(book::recover);
            old.usages().forEach(book::recover);
        }
        if (fault != Fault.CONTROL_NOT_READ_AT_LEDGER_START) {
            control.forEach(book::recover);
        }
        usage.forEach(book::recover);
        uncommitted.addAll(book.start(now));
    }

    private void restartJob() {
        replaced.addAll(subtasks);
        while (replaced.size() > 6) {
            replaced.remove(0);
        }
        int old = random.nextInt(3);
        List<Usage> state = savepoints.isEmpty() || old == 0
                ? List.of()
                : old == 1 ? pick(savepoints) : savepoints.get(savepoints.size() - 1);
        startJob(random.nextInt(1, 5), state);
    }

    private void startJob(int parallelism, List<Usage> state) {
        subtasks.clear();
        acknowledged.clear();
        List<Usage> seen = fault == Fault.USAGE_NOT_READ_AT_RESTORE ? List.of() : usage;
        for (int i = 0; i < parallelism; i++) {
            Subtask subtask = new Subtask(new HelpShards(CONFIG, HelpShards.owned("decode", i, parallelism)));
            subtask.shards.restore(withFault(state), withFault(seen));
            subtask.grants.addAll(control);
            subtasks.add(subtask);
        }
    }

    private List<Usage> withFault(List<Usage> usages) {
        if (fault != Fault.SPENT_RESTORED_INSTEAD_OF_RESERVE) {
            return usages;
        }
        return usages.stream()
                .map(u -> new Usage(
                        u.counter(), u.ownerEpoch(), u.spent(), u.released(), u.spent() + u.released(), u.wanted()))
                .toList();
    }

    /** The caps hold at the teacher, and in the book for each scope. */
    private void check() {
        for (TenantBudget tenant : TENANTS) {
            Window window = Window.of(now, tenant.window());
            for (BudgetUnit unit : BudgetUnit.values()) {
                long cap = unit == BudgetUnit.TOKENS ? tenant.capTokens() : tenant.capCalls();
                require(spent(tenant.tenant(), unit, window) <= cap, "spent beyond the cap", tenant, unit);
                for (Scope scope : List.of(Scope.help(tenant.tenant()), Scope.audits(tenant.tenant()))) {
                    for (Window open : List.of(window, window.next())) {
                        require(
                                book.outstanding(scope, unit, open) <= tenant.cap(scope, unit),
                                "granted beyond the cap",
                                scope,
                                unit);
                    }
                }
            }
        }
    }

    private void require(boolean holds, String what, Object scope, BudgetUnit unit) {
        if (!holds) {
            throw new InvariantBroken(what + ": " + unit + " of " + scope + " at " + now);
        }
    }

    long spent(String tenant, BudgetUnit unit, Window window) {
        return teacher.getOrDefault(new HelpCounter(Scope.help(tenant), unit, window, "teacher"), 0L);
    }

    long spentInAll() {
        return teacher.values().stream().mapToLong(Long::longValue).sum();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** What the simulation is there to find. */
    static final class InvariantBroken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvariantBroken(String message) {
            super(message);
        }
    }
}
