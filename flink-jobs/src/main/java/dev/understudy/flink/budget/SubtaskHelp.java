package dev.understudy.flink.budget;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.account.Allowance;
import dev.understudy.budget.account.Grant;
import dev.understudy.budget.account.HelpShards;
import dev.understudy.budget.account.Usage;
import dev.understudy.budget.control.WorkloadTallies;
import dev.understudy.budget.control.WorkloadTally;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.HelpTallies;
import dev.understudy.decode.ask.AskPrices;
import dev.understudy.decode.ask.TargetPrices;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.topic.TopicFollower.Isolation;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The spending side of the budget in one decoding subtask: its shards, the prices it has heard of, and the usage that
 * it publishes with every checkpoint. Owned by the task thread.
 */
public final class SubtaskHelp implements AutoCloseable {
    private final KafkaAccess kafka;
    private final BudgetRecords records;
    private final List<String> owned;
    private final HelpShards shards;
    private final WorkloadTallies tallies;
    private final TargetPrices prices;
    private final HelpTallies counts;
    private final Map<Object, BudgetChange> changes = new HashMap<>();
    private final BudgetConfig settings;
    private final UsagePublisher publisher;
    private final Set<WorkloadTally> published = new HashSet<>();

    /**
     * Which part of a job's budget a subtask spends.
     *
     * @param job name of the job; its shards are named after it, so that no two jobs share one
     * @param subtask index, below the parallelism
     * @param parallelism at most {@link HelpShards#COUNT}
     * @param incarnation see {@link HelpShards#incarnation}
     */
    public record Place(String job, int subtask, int parallelism, long incarnation) {}

    /**
     * @param budgets what the job was started with
     * @param fixedPrice price of the tenants whose target is fixed: the policy's own setting
     */
    public SubtaskHelp(KafkaAccess kafka, BudgetConfig budgets, Place place, double fixedPrice) {
        this.kafka = kafka;
        prices = new TargetPrices(fixedPrice);
        prices.aim(budgets);
        settings = budgets;
        records = new BudgetRecords(kafka, budgets);
        owned = HelpShards.owned(place.job(), place.subtask(), place.parallelism());
        shards = new HelpShards(budgets, owned, place.incarnation());
        tallies = new WorkloadTallies(owned.get(0));
        counts = new HelpTallies(tallies, prices);
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
        List<WorkloadTally> seen = new ArrayList<>();
        try (TopicFollower usage =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.USAGE), Isolation.UNCOMMITTED)) {
            usage.readToEnd(value -> take(value, published, seen));
        }
        List<Usage> restored = new ArrayList<>();
        state.forEach(value -> take(value, restored, seen));
        tallies.restore(seen);
        shards.restore(restored, published);
    }

    private void take(byte[] value, List<Usage> usages, List<WorkloadTally> seen) {
        records.usage(value).ifPresent(usages::add);
        records.tally(value)
                .filter(tally -> owned.contains(tally.source().shard()))
                .ifPresent(seen::add);
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
        return prices;
    }

    /** Takes an operator's change of caps or targets; an earlier one of the same cap no longer counts. */
    public void changed(BudgetChange change) {
        BudgetChange latest = changes.merge(
                List.of(change.scope(), change.unit()),
                change,
                (old, young) -> young.at().isBefore(old.at()) ? old : young);
        if (latest.equals(change)) {
            BudgetConfig effective = settings.changedBy(changes.values());
            shards.configure(effective);
            prices.aim(effective);
        }
    }

    /** Takes a grant from the control topic. */
    public void granted(Grant grant) {
        shards.onGrant(grant);
    }

    /** Takes a price from the control topic. */
    public void priced(PriceSet price) {
        prices.onPrice(price);
    }

    /** Counts a finished sequence. */
    public void finished(FinishedSequence finished) {
        counts.finished(finished);
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
        snapshot.expired().forEach(written -> publish.add(records.spent(written, now)));
        List<byte[]> state = new ArrayList<>();
        snapshot.state().forEach(usage -> state.add(records.usage(usage, now).value()));
        for (WorkloadTally tally : tallies.snapshot()) {
            WireRecord record = records.tally(tally, now);
            state.add(record.value());
            if (published.add(tally)) {
                publish.add(record);
            }
        }
        published.retainAll(tallies.snapshot());
        publisher.write(publish);
        return state;
    }

    /** Makes the reserves of a checkpoint usable. */
    public void checkpointCompleted(long checkpointId) {
        shards.checkpointCompleted(checkpointId);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
