package dev.understudy.flink.budget;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.account.Grant;
import dev.understudy.budget.account.GrantBook;
import dev.understudy.budget.control.PriceController;
import dev.understudy.budget.control.UseControl;
import dev.understudy.budget.price.PriceCurves;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.flink.topic.ControlRecord;
import dev.understudy.flink.topic.ControlRecord.Configured.Author;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.topic.TopicFollower.Isolation;
import dev.understudy.flink.topic.TopicRecord;
import dev.understudy.flink.topic.VersionNews;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.flink.wire.ControlRecords;
import dev.understudy.flink.wire.VersionRecords;
import dev.understudy.swap.Assignment;
import dev.understudy.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of the help budget: reads usage, writes grants and prices. Parallelism 1, outside the decode chain.
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
    /** Least time between two steps of a price upward. */
    private static final Duration PRICE_STEP = Duration.ofSeconds(2);

    private final KafkaAccess kafka;
    private final BudgetConfig budgets;
    private final UseControl use;
    private final String initialVersion;
    /** What the settings and the operators' changes say together. */
    private transient BudgetConfig effective;

    private transient Map<Object, BudgetChange> changes;
    private transient GrantBook book;
    private transient PriceController prices;
    private transient PricedVersions priced;
    /** Prices on the topic that have to go, found while it was read. */
    private transient List<PriceSet> stale;

    private transient BudgetMetrics shown;
    private transient BudgetRecords records;
    private transient ControlRecords control;
    private transient VersionRecords versions;
    private transient Map<String, Map<String, List<Long>>> curves;
    private transient long assignment;
    private transient @Nullable ScheduledFuture<?> begin;
    private transient @Nullable ScheduledFuture<?> ticks;

    /**
     * @param budgets caps and targets of every tenant
     * @param use how prices follow a wanted use of the teacher
     * @param initialVersion student version that serves until another is assigned
     */
    @SuppressWarnings("NullAway.Init") // Flink calls open before anything else.
    public BudgetLedgerOperator(KafkaAccess kafka, BudgetConfig budgets, UseControl use, String initialVersion) {
        this.kafka = kafka;
        this.budgets = budgets;
        this.use = use;
        this.initialVersion = initialVersion;
    }

    @Override
    public void open() throws Exception {
        super.open();
        records = new BudgetRecords(kafka, budgets);
        control = new ControlRecords(kafka, budgets);
        versions = new VersionRecords();
        curves = new HashMap<>();
        changes = new HashMap<>();
        priced = new PricedVersions();
        stale = new ArrayList<>();
        shown = new BudgetMetrics(getMetricGroup());
        recover();
        // Not here: the sink behind may write only when the whole chain is open.
        begin = getProcessingTimeService().registerTimer(now().toEpochMilli(), time -> begin());
        ticks = getProcessingTimeService().scheduleAtFixedRate(time -> tick(), TICK_MILLIS, TICK_MILLIS);
    }

    private void recover() {
        List<ControlRecord> known = new ArrayList<>();
        try (TopicFollower follower = follower(Topics.CONTROL)) {
            follower.readToEnd(value -> control.read(value).ifPresent(known::add));
        }
        known.forEach(this::remember);
        effective = budgets.changedBy(changes.values());
        book = new GrantBook(effective);
        prices = new PriceController(effective, use, PRICE_STEP);
        List<Assignment> assigned = new ArrayList<>();
        for (ControlRecord record : known) {
            if (record instanceof ControlRecord.Granted granted) {
                book.recover(granted.grant());
            } else if (record instanceof ControlRecord.Priced price) {
                prices.recover(price.price());
                priced.add(price.price()).ifPresent(stale::add);
            } else if (record instanceof ControlRecord.Assigned assignment) {
                assigned.add(assignment.assignment());
            }
        }
        try (TopicFollower usage = follower(Topics.USAGE)) {
            usage.readToEnd(value -> {
                records.usage(value).ifPresent(book::recover);
                records.tally(value).ifPresent(prices::onTally);
            });
        }
        try (TopicFollower checkpoints =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.CHECKPOINTS), Isolation.COMMITTED)) {
            checkpoints.readToEnd(value -> versions.checkpoint(value).ifPresent(this::keepCurves));
        }
        String serving = assigned.stream()
                .max(Comparator.comparingLong(Assignment::sequence))
                .map(assignment -> assignment.version().value())
                .orElse(initialVersion);
        assignment = assigned.stream().mapToLong(Assignment::sequence).max().orElse(0);
        prices.serve(serving, curves.getOrDefault(serving, Map.of()));
    }

    /** Keeps a change of caps, when it is an operator's and no later one is known; whether it is news. */
    private boolean remember(ControlRecord record) {
        if (!(record instanceof ControlRecord.Configured configured)) {
            return false;
        }
        BudgetChange change = configured.change();
        Object key = List.of(change.scope(), change.unit());
        if (configured.author() == Author.SETTINGS) {
            return false;
        }
        BudgetChange before = changes.get(key);
        boolean news = before == null || before.at().isBefore(change.at());
        if (news) {
            changes.put(key, change);
        }
        return news;
    }

    private void begin() {
        emit(book.start(now()));
        tellSettings();
        stale.forEach(price -> send(records.priceGone(price, now())));
        stale.clear();
    }

    /** Lets everybody read the caps and targets that the job was started with, where no operator set others. */
    private void tellSettings() {
        for (BudgetChange settings : SettingsAsChanges.of(budgets, now())) {
            BudgetChange change = changes.get(List.of(settings.scope(), settings.unit()));
            if (change == null || change.keepsSettings()) {
                send(records.settings(settings));
            }
        }
    }

    private TopicFollower follower(Topics topic) {
        return new TopicFollower(kafka.bootstrapServers(), kafka.name(topic), Isolation.UNCOMMITTED);
    }

    @Override
    public void processElement(StreamRecord<TopicRecord> element) {
        byte[] value = element.getValue().value();
        if (element.getValue().topic().equals(kafka.name(Topics.USAGE))) {
            records.usage(value).ifPresent(usage -> emit(book.onUsage(usage, now())));
            records.tally(value).ifPresent(prices::onTally);
        } else if (element.getValue().topic().equals(kafka.name(Topics.CHECKPOINTS))) {
            versions.checkpoint(value).ifPresent(this::hear);
        } else {
            control.read(value).ifPresent(this::hear);
        }
    }

    /** A published version: its prices are told before anybody serves it. */
    private void hear(VersionNews news) {
        keepCurves(news);
        if (news instanceof VersionNews.Published published) {
            String version = published.id().value();
            prices.announce(version, curves.getOrDefault(version, Map.of())).forEach(this::tell);
        }
    }

    private void keepCurves(VersionNews news) {
        if (news instanceof VersionNews.Published published) {
            curves.put(published.id().value(), PriceCurves.fromSettings(published.settings()));
        }
    }

    /** Its own grants and prices come by here too; only assignments and changes of caps are news. */
    private void hear(ControlRecord record) {
        if (record instanceof ControlRecord.Assigned assigned
                && assigned.assignment().sequence() > assignment) {
            assignment = assigned.assignment().sequence();
            String version = assigned.assignment().version().value();
            prices.serve(version, curves.getOrDefault(version, Map.of()));
        } else if (remember(record)) {
            effective = budgets.changedBy(changes.values());
            prices.configure(effective);
            emit(book.configure(effective, now()));
            tellSettings();
        }
    }

    private void tick() {
        Instant now = now();
        emit(book.tick(now));
        prices.tick(now).forEach(this::tell);
        book.expire(now).forEach(counter -> send(records.granted(counter, now)));
        shown.caps(effective, book, now);
        shown.workloads(prices.states());
    }

    private void tell(PriceSet price) {
        send(records.price(price, now()));
        priced.add(price).ifPresent(oldest -> send(records.priceGone(oldest, now())));
    }

    private void emit(List<Grant> grants) {
        Instant now = now();
        grants.forEach(grant -> send(records.grant(grant, now)));
    }

    private void send(WireRecord record) {
        output.collect(new StreamRecord<>(record));
    }

    @Override
    public void close() throws Exception {
        cancel(begin);
        cancel(ticks);
        super.close();
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
    }
}
