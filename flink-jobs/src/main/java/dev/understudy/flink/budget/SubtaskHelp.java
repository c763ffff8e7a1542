package dev.understudy.flink.budget;

import dev.understudy.budget.Allowance;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Grant;
import dev.understudy.budget.HelpShards;
import dev.understudy.budget.Usage;
import dev.understudy.decode.AskPrices;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.flink.wire.TopicFollower;
import dev.understudy.flink.wire.TopicFollower.Isolation;
import dev.understudy.flink.wire.WireRecord;
import dev.understudy.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The spending side of the budget in one decoding subtask: its shards, the prices it has heard of, and the usage that
 * it publishes with every checkpoint. Owned by the task thread.
 */
public final class SubtaskHelp implements AutoCloseable {
    /** Names the virtual shards of serving jobs. */
    private static final String JOB = "decode";

    private final KafkaAccess kafka;
    private final BudgetRecords records;
    private final HelpShards shards;
    private final PriceBoard prices = new PriceBoard();
    private final UsagePublisher publisher;

    /**
     * @param subtask index, below the parallelism
     * @param parallelism at most {@link HelpShards#COUNT}
     */
    public SubtaskHelp(KafkaAccess kafka, BudgetConfig budgets, int subtask, int parallelism) {
        this.kafka = kafka;
        records = new BudgetRecords(kafka, budgets);
        shards = new HelpShards(budgets, HelpShards.owned(JOB, subtask, parallelism));
        publisher = new UsagePublisher(kafka.bootstrapServers());
    }

    /**
     * Takes the owned shards over, from state and from what earlier owners published. Also needed without state: a job
     * that is started anew must not spend a second time what its predecessor spent.
     *
     * @param state values given by {@link #snapshot}, of all subtasks
     */
    public void restore(Iterable<byte[]> state) {
        List<Usage> restored = new ArrayList<>();
        state.forEach(value -> records.usage(value).ifPresent(restored::add));
        List<Usage> published = new ArrayList<>();
        try (TopicFollower usage =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.USAGE), Isolation.UNCOMMITTED)) {
            usage.readToEnd(value -> records.usage(value).ifPresent(published::add));
        }
        shards.restore(restored, published);
    }

    /** What decoding may spend. */
    public Allowance allowance() {
        return shards;
    }

    /** What help costs. */
    public AskPrices prices() {
        return prices;
    }

    /** Takes a grant from the control topic. */
    public void granted(Grant grant) {
        shards.onGrant(grant);
    }

    /** Takes a price from the control topic. */
    public void priced(String tenant, String workload, double price) {
        prices.set(tenant, workload, price);
    }

    /**
     * Takes part in a checkpoint: publishes usage and raises the reserves.
     *
     * @return values for the operator's state
     */
    public List<byte[]> snapshot(long checkpointId, Instant now) {
        HelpShards.Snapshot snapshot = shards.snapshot(checkpointId, now);
        List<WireRecord> publish = new ArrayList<>();
        snapshot.publish().forEach(usage -> publish.add(records.usage(usage, now)));
        snapshot.expired().forEach(counter -> publish.add(records.spent(counter, now)));
        publisher.send(checkpointId, publish);
        return snapshot.state().stream()
                .map(usage -> records.usage(usage, now).value())
                .toList();
    }

    /** Makes the reserves of a checkpoint usable, once what it published is safe. */
    public void checkpointCompleted(long checkpointId) {
        if (publisher.acknowledgedUpTo(checkpointId)) {
            shards.checkpointCompleted(checkpointId);
        }
    }

    @Override
    public void close() {
        publisher.close();
    }
}
