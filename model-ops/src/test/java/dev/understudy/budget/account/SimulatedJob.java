package dev.understudy.budget.account;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Cost;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.account.BudgetSimulation.Fault;
import dev.understudy.budget.account.SimulatedTeacher.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One job that spends: its subtasks, those that were replaced and still run, its checkpoints and the calls under way.
 */
final class SimulatedJob {
    private static final int ZOMBIES = 6;
    private static final int LONGEST_SKEW_MILLIS = 1_500;

    private final String name;
    private final int widest;
    private final BudgetSimulation world;
    private final SplittableRandom random;
    private final Fault fault;
    private final List<Subtask> subtasks = new ArrayList<>();
    private final List<Subtask> zombies = new ArrayList<>();
    private final List<List<Usage>> completed = new ArrayList<>();
    private final List<Usage> acknowledged = new ArrayList<>();
    private int acknowledgements;
    private long checkpoint;
    private long starts;

    /** A subtask, its clock's error, and what is on its way to it. */
    private static final class Subtask {
        private final HelpShards shards;
        private final Duration skew;
        private final List<Grant> grants = new ArrayList<>();
        private final List<Long> completions = new ArrayList<>();
        private final List<Pending> calls = new ArrayList<>();

        Subtask(HelpShards shards, Duration skew) {
            this.shards = shards;
            this.skew = skew;
        }
    }

    /** A call whose answer the subtask waits for; the teacher has worked, will work, or never hears of it. */
    private static final class Pending {
        private final Allowance payer;
        private final Reservation.Granted paid;
        private final Call call;
        private boolean worked;

        Pending(Allowance payer, Reservation.Granted paid, Call call) {
            this.payer = payer;
            this.paid = paid;
            this.call = call;
        }
    }

    SimulatedJob(String name, int widest, BudgetSimulation world, SplittableRandom random, Fault fault) {
        this.name = name;
        this.widest = widest;
        this.world = world;
        this.random = random;
        this.fault = fault;
        start(1 + random.nextInt(widest), List.of());
    }

    /** Asks a few times; some subtask, now and then one that was replaced. */
    void burst() {
        Subtask subtask = anyone(12);
        int calls = 1 + random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            ask(subtask);
        }
    }

    /** Living and replaced subtasks ask, and all calls under way come to an end. */
    void everybodyAsks() {
        for (List<Subtask> group : List.of(subtasks, zombies)) {
            for (Subtask subtask : group) {
                for (int i = 0; i < 6; i++) {
                    ask(subtask);
                }
                for (Pending pending : subtask.calls) {
                    boolean inTime = random.nextBoolean();
                    if (!inTime) {
                        timeOut(pending);
                    }
                    work(pending);
                    if (inTime) {
                        settle(pending, pending.call.real());
                    }
                }
                subtask.calls.clear();
            }
        }
    }

    private void ask(Subtask subtask) {
        List<TenantBudget> tenants = world.config().tenants();
        TenantBudget tenant = tenants.get(random.nextInt(tenants.size()));
        String workload = random.nextInt(2) == 0 ? "order" : "log";
        boolean audit = random.nextInt(8) == 0;
        long tokens = audit ? 3 + random.nextInt(6) : 1;
        Cost worst = new Cost(tokens, 1, 10 * tokens + 20);
        Allowance payer = audit ? subtask.shards.audits() : subtask.shards;
        Instant now = world.now().plus(subtask.skew);
        if (payer.reserve(tenant.tenant(), workload, worst, now) instanceof Reservation.Granted paid) {
            Cost real = new Cost(tokens, 1, 10 * tokens + random.nextInt(21));
            Pending pending = new Pending(payer, paid, new Call(tenant, workload, paid.windowStart(), real));
            if (random.nextBoolean()) {
                work(pending);
                settle(pending, real);
            } else {
                subtask.calls.add(pending);
            }
        }
    }

    /** A call under way is worked at, answered, given up, or given up and tried again. */
    void moveCall() {
        Subtask subtask = anyone(4);
        if (subtask.calls.isEmpty()) {
            return;
        }
        Pending pending = subtask.calls.get(random.nextInt(subtask.calls.size()));
        int event = random.nextInt(4);
        if (event == 0) {
            work(pending);
        } else if (event == 1 && pending.worked) {
            settle(pending, pending.call.real());
            subtask.calls.remove(pending);
        } else if (event == 2) {
            timeOut(pending);
            subtask.calls.remove(pending);
            // The work of a call that nobody waits for may still be done.
            world.late(pending.worked ? null : pending.call);
        } else if (event == 3) {
            timeOut(pending);
            subtask.calls.remove(pending);
            world.late(pending.worked ? null : pending.call);
            ask(subtask);
        }
    }

    private void work(Pending pending) {
        if (!pending.worked) {
            pending.worked = true;
            world.teacher().work(pending.call);
        }
    }

    private static void settle(Pending pending, Cost cost) {
        pending.payer.settle(pending.call.tenant().tenant(), pending.call.workload(), pending.paid, cost);
    }

    private void timeOut(Pending pending) {
        settle(pending, fault == Fault.TIMED_OUT_CALL_REFUNDED ? Cost.of(0, 0) : pending.paid.cost());
    }

    /** Some or all of the grants on their way to a subtask arrive, in any order, some of them not for the last time. */
    void deliver() {
        Subtask subtask = anyone(8);
        int most = random.nextBoolean() ? 3 : Integer.MAX_VALUE;
        for (int i = 0; i < most && !subtask.grants.isEmpty(); i++) {
            int index = random.nextInt(subtask.grants.size());
            subtask.shards.onGrant(random.nextInt(5) == 0 ? subtask.grants.get(index) : subtask.grants.remove(index));
        }
    }

    /** All grants on their way to living subtasks arrive in order. */
    void deliverAll() {
        for (Subtask subtask : subtasks) {
            subtask.grants.forEach(subtask.shards::onGrant);
            subtask.grants.clear();
        }
    }

    void hear(List<Grant> grants) {
        subtasks.forEach(subtask -> subtask.grants.addAll(grants));
        zombies.forEach(subtask -> subtask.grants.addAll(grants));
    }

    void configure(BudgetConfig config) {
        subtasks.forEach(subtask -> subtask.shards.configure(config));
    }

    /** The subtasks that have not yet taken their snapshot take it, one after the other. */
    void finishCheckpoint() {
        for (int i = subtasks.size() - acknowledgements; i > 0; i--) {
            acknowledgeCheckpoint();
        }
    }

    /** The next subtask takes its snapshot; the last one completes the checkpoint. */
    void acknowledgeCheckpoint() {
        if (acknowledgements == 0) {
            checkpoint++;
        }
        acknowledged.addAll(snapshot(subtasks.get(acknowledgements), checkpoint));
        acknowledgements++;
        if (acknowledgements == subtasks.size()) {
            completed.add(List.copyOf(acknowledged));
            abortCheckpoint();
            for (Subtask subtask : subtasks) {
                subtask.completions.add(checkpoint);
                if (random.nextInt(4) > 0) {
                    tellCompletion(subtask);
                }
            }
        }
    }

    void abortCheckpoint() {
        acknowledged.clear();
        acknowledgements = 0;
    }

    private List<Usage> snapshot(Subtask subtask, long id) {
        HelpShards.Snapshot snapshot = subtask.shards.snapshot(id, world.now().plus(subtask.skew));
        for (Usage record : snapshot.publish()) {
            world.publish(broken(record));
        }
        snapshot.expired().forEach(world::expire);
        if (fault == Fault.RESERVE_USED_BEFORE_CHECKPOINT) {
            subtask.shards.checkpointCompleted(id);
        }
        return snapshot.state().stream().map(this::broken).toList();
    }

    private Usage broken(Usage usage) {
        long used = usage.spent() + usage.released();
        if (fault == Fault.NO_WRITE_AHEAD_RESERVE) {
            return withReserve(usage, used);
        } else if (fault == Fault.RESERVE_SHRINKS) {
            return withReserve(usage, used + (usage.reserved() - used) / 2);
        }
        return usage;
    }

    private static Usage withReserve(Usage usage, long reserve) {
        return new Usage(usage.counter(), usage.ownerEpoch(), usage.spent(), usage.released(), reserve, usage.wanted());
    }

    /** News of a completed checkpoint arrives, perhaps late, perhaps at a subtask that was replaced. */
    void tellCompletion() {
        tellCompletion(anyone(8));
    }

    private static void tellCompletion(Subtask subtask) {
        if (!subtask.completions.isEmpty()) {
            subtask.shards.checkpointCompleted(subtask.completions.remove(subtask.completions.size() - 1));
        }
    }

    /** A replaced subtask takes part in one more snapshot, whose checkpoint never completes. */
    void snapshotOfAZombie() {
        if (!zombies.isEmpty()) {
            snapshot(zombies.get(random.nextInt(zombies.size())), checkpoint + 1);
        }
    }

    /** Replaced subtasks take part in one more snapshot each, and then the living ones are replaced too. */
    void replaceAfterLateSnapshots() {
        zombies.forEach(zombie -> snapshot(zombie, checkpoint + 1));
        restart();
    }

    /** Crash or rescale: the last checkpoint, an older savepoint, or no state at all; the old subtasks go on. */
    void restart() {
        zombies.addAll(subtasks);
        while (zombies.size() > ZOMBIES) {
            zombies.remove(0);
        }
        int choice = random.nextInt(4);
        List<Usage> state = List.of();
        if (!completed.isEmpty() && choice > 0) {
            state = completed.get(choice == 1 ? random.nextInt(completed.size()) : completed.size() - 1);
        }
        start(1 + random.nextInt(widest), state);
    }

    private void start(int parallelism, List<Usage> state) {
        subtasks.clear();
        abortCheckpoint();
        String job = fault == Fault.JOBS_SHARE_SHARD_NAMES ? "decode" : name;
        for (int i = 0; i < parallelism; i++) {
            long incarnation = HelpShards.incarnation(world.now(), random.nextInt(1 << 20));
            HelpShards shards = new HelpShards(world.config(), HelpShards.owned(job, i, parallelism), incarnation);
            shards.restore(
                    state,
                    fault == Fault.USAGE_NOT_READ_AT_RESTORE
                            ? List.of()
                            : world.topics().usage());
            Duration skew = Duration.ofMillis(random.nextInt(LONGEST_SKEW_MILLIS));
            Subtask subtask = new Subtask(shards, random.nextInt(3) == 0 ? skew : Duration.ZERO);
            subtask.grants.addAll(world.topics().committed());
            subtasks.add(subtask);
        }
        starts++;
    }

    long starts() {
        return starts;
    }

    /** A subtask; with one chance in {@code oneIn} one that was replaced. */
    private Subtask anyone(int oneIn) {
        boolean old = !zombies.isEmpty() && random.nextInt(oneIn) == 0;
        List<Subtask> from = old ? zombies : subtasks;
        return from.get(random.nextInt(from.size()));
    }
}
