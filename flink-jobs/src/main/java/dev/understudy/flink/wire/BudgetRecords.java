package dev.understudy.flink.wire;

import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import dev.understudy.budget.account.Grant;
import dev.understudy.budget.account.HelpCounter;
import dev.understudy.budget.account.Usage;
import dev.understudy.budget.account.Written;
import dev.understudy.budget.control.WorkloadTally;
import dev.understudy.budget.price.HelpPrice;
import dev.understudy.budget.price.PriceSet;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.HelpSpent;
import dev.understudy.wire.budget.HelpUnit;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Grants and usage between the budget's types and the wire. The wire names a window by its start; its length is the
 * tenant's, so a counter of a tenant without budget, or of a window that the present length does not allow, is passed
 * over: its units are lost, never doubled.
 */
public final class BudgetRecords {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetRecords.class);
    private static final byte[] TOMBSTONE = {};

    private final Map<String, TenantBudget> tenants = new HashMap<>();
    private final OutgoingRecords out;
    private final WireCodec<HelpSpent> spent = WireCodec.of(HelpSpent.class);

    /** Records for the topics of one pipeline. */
    public BudgetRecords(KafkaAccess kafka, BudgetConfig config) {
        config.tenants().forEach(tenant -> tenants.put(tenant.tenant(), tenant));
        out = new OutgoingRecords(kafka);
    }

    /** A shard's word, for the usage topic or for state. */
    public WireRecord usage(Usage usage, Instant at) {
        return out.of(Topics.USAGE, record(usage, at));
    }

    /** Deletes an owner's word from the usage topic once its window is past; the value is empty. */
    public WireRecord spent(Written written, Instant at) {
        WireRecord last = usage(new Usage(written.counter(), written.ownerEpoch(), 0, 0, 0, 0), at);
        return new WireRecord(last.topic(), last.key(), TOMBSTONE);
    }

    /** Deletes a grant from the control topic once its window is past; the value is empty. */
    public WireRecord granted(HelpCounter counter, Instant at) {
        WireRecord last = grant(new Grant(counter, 0, 0, false), at);
        return new WireRecord(last.topic(), last.key(), TOMBSTONE);
    }

    /** What a shard has seen of one workload, for the usage topic or for state. */
    public WireRecord tally(WorkloadTally tally, Instant at) {
        return out.of(Topics.USAGE, TallyAvro.fromDomain(tally, at));
    }

    /** The tally in a value of the usage topic; empty when it holds something else. */
    public Optional<WorkloadTally> tally(byte[] value) {
        try {
            return TallyAvro.toDomain(spent.decode(value));
        } catch (WireException | IllegalArgumentException e) {
            LOG.warn("Passed over a tally; look for its writer. cause={}", e.getMessage());
            return Optional.empty();
        }
    }

    /** A price, for the control topic. */
    public WireRecord price(PriceSet price, Instant at) {
        dev.understudy.wire.budget.PriceSet record = dev.understudy.wire.budget.PriceSet.newBuilder()
                .setTenant(price.tenant())
                .setWorkload(price.workload())
                .setPrice(price.price().price())
                .setAskAlways(price.price().asksAlways())
                .setVersion(price.version())
                .setAt(at)
                .build();
        return out.of(Topics.CONTROL, record);
    }

    /** Deletes the price of a version that nobody serves any more; the value is empty. */
    public WireRecord priceGone(PriceSet price, Instant at) {
        WireRecord last = price(price, at);
        return new WireRecord(last.topic(), last.key(), TOMBSTONE);
    }

    /** What the settings say about a cap, for the control topic. */
    public WireRecord settings(BudgetChange settings) {
        BudgetConfigured record = ChangeAvro.fromDomain(settings, ChangeAvro.SETTINGS);
        TenantBudget tenant = tenants.get(settings.scope().tenant());
        record.setWindowMillis(tenant == null ? 0 : tenant.window().toMillis());
        return out.of(Topics.CONTROL, record);
    }

    /** The price that a record carries. */
    static PriceSet price(dev.understudy.wire.budget.PriceSet record) {
        return new PriceSet(
                record.getTenant(),
                record.getWorkload(),
                record.getVersion() == null ? "" : record.getVersion(),
                record.getAskAlways() ? HelpPrice.ASK_ALWAYS : new HelpPrice(record.getPrice()));
    }

    /** A grant, for the control topic. */
    public WireRecord grant(Grant grant, Instant at) {
        return out.of(Topics.CONTROL, record(grant, at));
    }

    /** The usage in a value of the usage topic; empty when it is none that this job can use. */
    public Optional<Usage> usage(byte[] value) {
        try {
            return usage(spent.decode(value));
        } catch (WireException | IllegalArgumentException e) {
            LOG.warn("Passed over a usage record; look for its writer. cause={}", e.getMessage());
            return Optional.empty();
        }
    }

    Optional<Grant> grant(HelpGranted record) {
        return counter(
                        record.getTenant(),
                        record.getWorkload(),
                        record.getUnit(),
                        record.getWindowStart(),
                        record.getShard())
                .map(counter ->
                        new Grant(counter, record.getGranted(), record.getOwnerEpoch(), record.getCapExhausted()));
    }

    private Optional<Usage> usage(HelpSpent record) {
        return counter(
                        record.getTenant(),
                        record.getWorkload(),
                        record.getUnit(),
                        record.getWindowStart(),
                        record.getShard())
                .map(counter -> new Usage(
                        counter,
                        record.getOwnerEpoch(),
                        record.getSpent(),
                        record.getReleased(),
                        record.getReserved(),
                        record.getWanted()));
    }

    private static HelpGranted record(Grant grant, Instant at) {
        HelpCounter counter = grant.counter();
        return HelpGranted.newBuilder()
                .setTenant(counter.scope().tenant())
                .setWorkload(counter.scope().part())
                .setUnit(ChangeAvro.unit(counter.unit()))
                .setWindowStart(counter.window().start())
                .setShard(counter.shard())
                .setOwnerEpoch(grant.ownerEpoch())
                .setGranted(grant.granted())
                .setCapExhausted(grant.poolEmpty())
                .setAt(at)
                .build();
    }

    private static HelpSpent record(Usage usage, Instant at) {
        HelpCounter counter = usage.counter();
        return HelpSpent.newBuilder()
                .setTenant(counter.scope().tenant())
                .setWorkload(counter.scope().part())
                .setUnit(ChangeAvro.unit(counter.unit()))
                .setWindowStart(counter.window().start())
                .setShard(counter.shard())
                .setOwnerEpoch(usage.ownerEpoch())
                .setSpent(usage.spent())
                .setReserved(usage.reserved())
                .setReleased(usage.released())
                .setWanted(usage.wanted())
                .setAt(at)
                .build();
    }

    private Optional<HelpCounter> counter(
            String tenant, String part, HelpUnit unit, Instant windowStart, String shard) {
        TenantBudget budget = tenants.get(tenant);
        if (budget == null
                || Math.floorMod(windowStart.toEpochMilli(), budget.window().toMillis()) != 0) {
            return Optional.empty();
        }
        return Optional.of(
                new HelpCounter(new Scope(tenant, part), unit(unit), new Window(windowStart, budget.window()), shard));
    }

    static BudgetUnit unit(HelpUnit unit) {
        return switch (unit) {
            case TEACHER_TOKENS -> BudgetUnit.TOKENS;
            case TEACHER_CALLS -> BudgetUnit.CALLS;
            case MICRO_DOLLARS -> BudgetUnit.MICRO_DOLLARS;
        };
    }
}
