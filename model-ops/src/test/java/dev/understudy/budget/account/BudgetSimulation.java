package dev.understudy.budget.account;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Caps;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.account.SimulatedTeacher.Call;
import dev.understudy.budget.account.SimulatedTeacher.InvariantBroken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ledger, the shards of both jobs, the topics between them and a teacher that counts, all in one thread. Events are
 * drawn from a seed: calls that are answered, time out, are tried again or worked at late; checkpoints that complete,
 * abort or are told late; records delivered in any order, twice or never; crashes of a job and of the ledger with
 * restores from the last checkpoint, older savepoints or nothing; rescales; subtasks that go on after they were
 * replaced; transactions left open; clocks that disagree; windows that end; caps that are raised and lowered.
 */
final class BudgetSimulation {
    /** A rule of the protocol that this run breaks on purpose. */
    enum Fault {
        NONE,
        NO_WRITE_AHEAD_RESERVE,
        RESERVE_SHRINKS,
        RESERVE_USED_BEFORE_CHECKPOINT,
        CONTROL_NOT_READ_AT_LEDGER_START,
        JOBS_SHARE_SHARD_NAMES,
        TIMED_OUT_CALL_REFUNDED,
        USAGE_NOT_READ_AT_RESTORE,
        RECORDS_OF_OWNERS_SHARE_A_KEY
    }

    private static final TenantBudget ACME = TenantBudget.of("acme", 40, 30, Duration.ofSeconds(20))
            .withAuditShare(0.4)
            .withWorkload("order", Caps.of(24, 20));
    private static final TenantBudget GLOBEX = TenantBudget.of("globex", 60, 60, Duration.ofSeconds(30))
            .withAuditShare(0)
            .withCaps(new Caps(60, Caps.NONE, 900));
    private static final BudgetConfig CONFIG = new BudgetConfig(
            List.of(ACME, GLOBEX), 2, 2, Duration.ofSeconds(5), Duration.ofSeconds(20), Pacing.NONE, Duration.ZERO);

    private final SplittableRandom random;
    private final Fault fault;
    private final SimulatedTopics topics;
    private final SimulatedTeacher teacher = new SimulatedTeacher();
    private final List<SimulatedJob> jobs = new ArrayList<>();
    private final List<GrantBook.Snapshot> savepoints = new ArrayList<>();
    private final List<Usage> toLedger = new ArrayList<>();
    private final List<Grant> uncommitted = new ArrayList<>();
    private final List<Call> late = new ArrayList<>();
    /** Crashes in a thousand events; a crash costs the reserve, and who lost all of it breaks nothing any more. */
    private final int disasters;

    private BudgetConfig config;
    private boolean reconfigured;
    private GrantBook book;
    private Instant now;

    BudgetSimulation(long seed, Fault fault) {
        this.random = new SplittableRandom(seed);
        this.fault = fault;
        disasters = 4 << random.nextInt(5);
        topics = new SimulatedTopics(fault);
        now = Instant.parse("2030-01-01T00:00:00Z").plusMillis(random.nextInt(60_000));
        config = CONFIG.paced(random.nextInt(3) == 0 ? Pacing.EVEN : Pacing.NONE);
        book = new GrantBook(config);
        announce();
        emit(book.start(now));
        jobs.add(new SimulatedJob("decode", 4, this, random, fault));
        jobs.add(new SimulatedJob("distil", 2, this, random, fault));
    }

    Instant now() {
        return now;
    }

    BudgetConfig config() {
        return config;
    }

    SimulatedTopics topics() {
        return topics;
    }

    SimulatedTeacher teacher() {
        return teacher;
    }

    /**
     * So many events, and then some seconds without a failure in which everybody asks: a unit that was counted too
     * little before is spent a second time here.
     */
    void run(int events) {
        for (int i = 0; i < events; i++) {
            step();
        }
        if (random.nextInt(3) == 0) {
            jobs.forEach(SimulatedJob::replaceAfterLateSnapshots);
        }
        for (int second = 0; second < 5; second++) {
            for (SimulatedJob job : jobs) {
                job.everybodyAsks();
                job.finishCheckpoint();
                settleWithLedger(job);
            }
            while (!late.isEmpty()) {
                workLate();
            }
        }
    }

    private void step() {
        SimulatedJob job = jobs.get(random.nextInt(4) == 0 ? 1 : 0);
        int event = random.nextInt(1000);
        if (event < disasters) {
            disaster(job);
        } else if (event < 360) {
            job.burst();
        } else if (event < 440) {
            job.moveCall();
        } else if (event < 660) {
            smoothRound(job);
        } else if (event < 740) {
            deliver(job);
        } else if (event < 820) {
            job.acknowledgeCheckpoint();
        } else if (event < 830) {
            job.abortCheckpoint();
        } else if (event < 860) {
            job.tellCompletion();
        } else if (event < 910) {
            commitLedger();
        } else if (event < 945) {
            passTime();
        } else if (event < 985) {
            job.snapshotOfAZombie();
        } else if (event < 995) {
            workLate();
        } else {
            configure();
        }
    }

    private void disaster(SimulatedJob job) {
        if (random.nextInt(3) > 0) {
            job.restart();
        } else {
            restartLedger();
        }
    }

    /** What happens when nothing goes wrong for a second. */
    private void smoothRound(SimulatedJob job) {
        job.finishCheckpoint();
        settleWithLedger(job);
    }

    private void settleWithLedger(SimulatedJob job) {
        while (!toLedger.isEmpty()) {
            emit(book.onUsage(toLedger.remove(0), now));
        }
        commitLedger();
        job.deliverAll();
    }

    /** A call whose answer nobody waits for any more; the teacher may work at it all the same. */
    void late(@Nullable Call call) {
        if (call != null) {
            late.add(call);
        }
    }

    private void workLate() {
        if (!late.isEmpty()) {
            teacher.work(late.remove(random.nextInt(late.size())));
        }
    }

    void publish(Usage record) {
        topics.publish(record);
        // The topic keeps the record; the ledger may miss one until it reads the topic again.
        if (random.nextInt(20) > 0) {
            toLedger.add(record);
        }
    }

    void expire(Written written) {
        topics.deleteUsage(written);
    }

    private void deliver(SimulatedJob job) {
        int most = random.nextBoolean() ? 3 : Integer.MAX_VALUE;
        for (int i = 0; i < most && !toLedger.isEmpty(); i++) {
            int index = random.nextInt(toLedger.size());
            Usage record = random.nextInt(5) == 0 ? toLedger.get(index) : toLedger.remove(index);
            emit(book.onUsage(record, now));
        }
        job.deliver();
    }

    private void emit(List<Grant> grants) {
        uncommitted.addAll(grants);
        for (Grant grant : grants) {
            HelpCounter counter = grant.counter();
            long outstanding = book.outstanding(counter.scope(), counter.unit(), counter.window());
            TenantBudget budget =
                    Objects.requireNonNull(config.tenant(counter.scope().tenant()));
            // A cap may have been lowered below what is granted, and faults are to be found in the teacher's log.
            boolean judged = !reconfigured && fault == Fault.NONE;
            if (judged && outstanding > budget.cap(counter.scope(), counter.unit())) {
                throw new InvariantBroken("granted " + outstanding + " beyond the cap: " + counter);
            }
        }
    }

    private void commitLedger() {
        savepoints.add(book.snapshot());
        if (savepoints.size() > 8) {
            savepoints.remove(random.nextInt(4));
        }
        List<Grant> transaction = List.copyOf(uncommitted);
        uncommitted.clear();
        topics.commit(transaction);
        jobs.forEach(job -> job.hear(transaction));
        List<Grant> leftOpen = random.nextBoolean() ? topics.commitUndecided() : List.of();
        jobs.forEach(job -> job.hear(leftOpen));
        book.expire(now).forEach(topics::deleteGrant);
    }

    private void passTime() {
        now = now.plusMillis(random.nextInt(1500));
        announce();
        emit(book.tick(now));
    }

    private void announce() {
        // Clocks of subtasks run ahead by up to 1.5 s.
        config.tenants().forEach(tenant -> teacher.announce(tenant, now));
        config.tenants().forEach(tenant -> teacher.announce(tenant, now.plusMillis(1_500)));
    }

    /** An operator changes a cap; ledger and subtasks hear of it. */
    private void configure() {
        TenantBudget acme = ACME.withCaps(Caps.of(20 + random.nextInt(40), 15 + random.nextInt(30)));
        config = config.with(List.of(acme, GLOBEX));
        reconfigured = true;
        announce();
        emit(book.configure(config, now));
        jobs.forEach(job -> job.configure(config));
    }

    private void restartLedger() {
        if (random.nextBoolean()) {
            topics.leaveOpen(uncommitted);
        }
        uncommitted.clear();
        book = new GrantBook(config);
        if (!savepoints.isEmpty() && random.nextInt(4) > 0) {
            GrantBook.Snapshot old = savepoints.get(random.nextInt(savepoints.size()));
            old.grants().forEach(book::recover);
            old.usages().forEach(book::recover);
        }
        if (fault != Fault.CONTROL_NOT_READ_AT_LEDGER_START) {
            topics.all().forEach(book::recover);
        }
        topics.usage().forEach(book::recover);
        emit(book.start(now));
    }
}
