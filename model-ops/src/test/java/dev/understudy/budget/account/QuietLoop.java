package dev.understudy.budget.account;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Cost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A ledger and the subtasks of a job without failures: once a second all records arrive and a checkpoint completes. */
final class QuietLoop {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final BudgetConfig config;
    final GrantBook book;
    final List<HelpShards> subtasks = new ArrayList<>();
    final List<Usage> usage = new ArrayList<>();
    final List<Grant> control = new ArrayList<>();
    Instant now = START;
    private long checkpointId;

    QuietLoop(BudgetConfig config, int parallelism) {
        this.config = config;
        book = new GrantBook(config);
        tell(book.start(now));
        for (int i = 0; i < parallelism; i++) {
            subtasks.add(new HelpShards(config, HelpShards.owned("decode", i, parallelism), 1 + i));
        }
    }

    /** Lets a second pass. */
    void second() {
        checkpointId++;
        List<HelpShards.Snapshot> snapshots = subtasks.stream()
                .map(subtask -> subtask.snapshot(checkpointId, now))
                .toList();
        subtasks.forEach(subtask -> subtask.checkpointCompleted(checkpointId));
        now = now.plusSeconds(1);
        tell(book.tick(now));
        for (HelpShards.Snapshot snapshot : snapshots) {
            usage.addAll(snapshot.publish());
            snapshot.publish().forEach(record -> tell(book.onUsage(record, now)));
        }
    }

    /** Asks for single tokens until {@code calls} were made or one was refused; returns how many were paid. */
    int ask(int subtask, int calls) {
        int paid = 0;
        Cost one = Cost.of(1, 1);
        HelpShards shards = subtasks.get(subtask);
        while (paid < calls && shards.reserve("acme", "order", one, now) instanceof Reservation.Granted granted) {
            shards.settle("acme", "order", granted, one);
            paid++;
        }
        return paid;
    }

    /** An operator's changes reach everybody. */
    void configure(List<BudgetChange> changes) {
        BudgetConfig changed = config.changedBy(changes);
        subtasks.forEach(subtask -> subtask.configure(changed));
        tell(book.configure(changed, now));
    }

    private void tell(List<Grant> grants) {
        control.addAll(grants);
        grants.forEach(grant -> subtasks.forEach(subtask -> subtask.onGrant(grant)));
    }
}
