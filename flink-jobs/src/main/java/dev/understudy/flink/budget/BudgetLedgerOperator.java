package dev.understudy.flink.budget;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Grant;
import dev.understudy.budget.GrantBook;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.flink.wire.KafkaAccess;
import dev.understudy.flink.wire.TopicFollower;
import dev.understudy.flink.wire.TopicFollower.Isolation;
import dev.understudy.flink.wire.TopicRecord;
import dev.understudy.flink.wire.WireRecord;
import dev.understudy.wire.Topics;
import java.time.Instant;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The ledger of the help budget: reads usage, writes grants. Parallelism 1, outside the decode chain.
 *
 * <p>Its state is in the topics: control and usage are read to their end before the first grant. Control is read with
 * the records of open and aborted transactions: the one of the last checkpoint may still be committed after this start,
 * and a grant counts as given when anybody could ever see it. So no restart, from whatever savepoint, grants a unit
 * twice.
 */
public final class BudgetLedgerOperator extends AbstractStreamOperator<WireRecord>
        implements OneInputStreamOperator<TopicRecord, WireRecord> {
    private static final long serialVersionUID = 1;
    private static final long TICK_MILLIS = 200;

    private final KafkaAccess kafka;
    private final BudgetConfig budgets;
    private transient GrantBook book;
    private transient BudgetRecords records;

    /** @param budgets caps of every tenant */
    @SuppressWarnings("NullAway.Init") // Flink calls open before anything else.
    public BudgetLedgerOperator(KafkaAccess kafka, BudgetConfig budgets) {
        this.kafka = kafka;
        this.budgets = budgets;
    }

    @Override
    public void open() throws Exception {
        super.open();
        book = new GrantBook(budgets);
        records = new BudgetRecords(kafka, budgets);
        try (TopicFollower control = follower(Topics.CONTROL)) {
            control.readToEnd(value -> records.grant(value).ifPresent(book::recover));
        }
        try (TopicFollower usage = follower(Topics.USAGE)) {
            usage.readToEnd(value -> records.usage(value).ifPresent(book::recover));
        }
        // Not here: the sink behind may write only when the whole chain is open.
        getProcessingTimeService().registerTimer(now().toEpochMilli(), time -> emit(book.start(now())));
        getProcessingTimeService().scheduleAtFixedRate(time -> tick(), TICK_MILLIS, TICK_MILLIS);
    }

    private TopicFollower follower(Topics topic) {
        return new TopicFollower(kafka.bootstrapServers(), kafka.name(topic), Isolation.UNCOMMITTED);
    }

    @Override
    public void processElement(StreamRecord<TopicRecord> element) {
        records.usage(element.getValue().value()).ifPresent(usage -> emit(book.onUsage(usage, now())));
    }

    private void tick() {
        Instant now = now();
        emit(book.tick(now));
        book.expire(now).forEach(counter -> send(records.granted(counter, now)));
    }

    private void emit(List<Grant> grants) {
        Instant now = now();
        grants.forEach(grant -> send(records.grant(grant, now)));
    }

    private void send(WireRecord record) {
        output.collect(new StreamRecord<>(record));
    }

    private Instant now() {
        return Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
    }
}
