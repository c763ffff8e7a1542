package dev.understudy.flink.budget;

import dev.understudy.budget.Allowance;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Grant;
import dev.understudy.budget.HelpShards;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Usage;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.budget.price.PriceTable;
import dev.understudy.budget.price.QualityTallies;
import dev.understudy.budget.price.QualityTally;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.decode.ask.AskPrices;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.flink.wire.TopicFollower;
import dev.understudy.flink.wire.TopicFollower.Isolation;
import dev.understudy.flink.wire.WireRecord;
import dev.understudy.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The spending side of the budget in one decoding subtask: its shards, the prices it has heard of, and the usage that
 * it publishes with every checkpoint. Owned by the task thread.
 */
public final class SubtaskHelp implements AutoCloseable {
    /** Names the virtual shards of serving jobs. */
    private static final String JOB = "decode";

    private final KafkaAccess kafka;
    private final BudgetRecords records;
    private final List<String> owned;
    private final HelpShards shards;
    private final QualityTallies tallies;
    private final PriceTable prices = new PriceTable();
    private final Set<String> atFixedPrice = new HashSet<>();
    private final double fixedPrice;
    private final UsagePublisher publisher;
    private final Set<QualityTally> published = new HashSet<>();

    /**
     * @param subtask index, below the parallelism
     * @param parallelism at most {@link HelpShards#COUNT}
     * @param fixedPrice price of the tenants whose target is fixed: the policy's own setting
     */
    public SubtaskHelp(KafkaAccess kafka, BudgetConfig budgets, int subtask, int parallelism, double fixedPrice) {
        this.kafka = kafka;
        this.fixedPrice = fixedPrice;
        for (TenantBudget tenant : budgets.tenants()) {
            if (tenant.target() instanceof HelpTarget.Fixed) {
                atFixedPrice.add(tenant.tenant());
            }
        }
        records = new BudgetRecords(kafka, budgets);
        owned = HelpShards.owned(JOB, subtask, parallelism);
        shards = new HelpShards(budgets, owned);
        tallies = new QualityTallies(owned.get(0));
        publisher = new UsagePublisher(kafka.bootstrapServers());
    }

    /**
     * Takes the owned shards over, from state and from what earlier owners published. Also needed without state: a job
     * that is started anew must not spend a second time what its predecessor spent.
     *
     * @param state values given by {@link #snapshot}, of all subtasks
     */
    public void restore(Iterable<byte[]> state) {
        List<Usage> published = new ArrayList<>();
        List<QualityTally> seen = new ArrayList<>();
        try (TopicFollower usage =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.USAGE), Isolation.UNCOMMITTED)) {
            usage.readToEnd(value -> take(value, published, seen));
        }
        List<Usage> restored = new ArrayList<>();
        state.forEach(value -> take(value, restored, seen));
        tallies.restore(seen);
        shards.restore(restored, published);
    }

    private void take(byte[] value, List<Usage> usages, List<QualityTally> seen) {
        records.usage(value).ifPresent(usages::add);
        records.tally(value).filter(tally -> owned.contains(tally.shard())).ifPresent(seen::add);
    }

    /** What decoding may spend. */
    public Allowance allowance() {
        return shards;
    }

    /** What audits may spend: a part of the budget that nothing else touches. */
    public Allowance audits() {
        return shards.audits();
    }

    /** What help costs. */
    public AskPrices prices() {
        return (tenant, workload, version) -> atFixedPrice.contains(tenant)
                ? fixedPrice
                : prices.price(tenant, workload, version).price();
    }

    /** Takes a grant from the control topic. */
    public void granted(Grant grant) {
        shards.onGrant(grant);
    }

    /** Takes a price from the control topic. */
    public void priced(PriceSet price) {
        prices.onPrice(price);
    }

    /**
     * Counts a finished sequence. Only sequences that were seen whole for a reason that has nothing to do with their
     * difficulty say what a price is worth: audits, and those of a workload that asks everywhere.
     */
    public void finished(FinishedSequence finished) {
        SequenceSnapshot sequence = finished.sequence();
        String tenant = sequence.prompt().tenant();
        String workload = sequence.prompt().workload();
        int tokens = sequence.written().size();
        int fromTeacher = sequence.help().teacherTokens();
        tallies.finished(tenant, workload, sequence.version(), tokens, fromTeacher);
        boolean askedEverywhere =
                fromTeacher == tokens && prices().price(tenant, workload, sequence.version()) == AskPrices.ASK_ALWAYS;
        if (sequence.written().seenWhole() && (finished.audited() || askedEverywhere)) {
            tallies.seenWhole(
                    tenant, workload, sequence.version(), sequence.written().priceNeeded());
        }
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
        List<byte[]> state = new ArrayList<>();
        snapshot.state().forEach(usage -> state.add(records.usage(usage, now).value()));
        for (QualityTally tally : tallies.snapshot()) {
            WireRecord record = records.tally(tally, now);
            state.add(record.value());
            if (published.add(tally)) {
                publish.add(record);
            }
        }
        published.retainAll(tallies.snapshot());
        publisher.send(checkpointId, publish);
        return state;
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
