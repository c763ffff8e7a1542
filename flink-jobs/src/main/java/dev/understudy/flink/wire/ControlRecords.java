package dev.understudy.flink.wire;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.flink.topic.ControlRecord;
import dev.understudy.flink.topic.ControlRecord.Configured.Author;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.PriceSet;
import dev.understudy.wire.swap.VersionAssigned;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the control topic. Thread safe. */
public final class ControlRecords {
    private static final Logger LOG = LoggerFactory.getLogger(ControlRecords.class);

    private final WireCodec<SpecificRecord> codec = WireCodec.of(Topics.CONTROL);
    private final BudgetRecords budgets;

    /** @param config windows of the tenants; records of other tenants are passed over */
    public ControlRecords(KafkaAccess kafka, BudgetConfig config) {
        budgets = new BudgetRecords(kafka, config);
    }

    /** What the record says, when it is a grant, a price or an assignment. */
    public Optional<ControlRecord> read(byte[] value) {
        try {
            SpecificRecord record = codec.decode(value);
            if (record instanceof HelpGranted granted) {
                return budgets.grant(granted).map(ControlRecord.Granted::new);
            } else if (record instanceof PriceSet price) {
                return Optional.of(new ControlRecord.Priced(BudgetRecords.price(price)));
            } else if (record instanceof BudgetConfigured configured) {
                Author author = ChangeAvro.isAnOperators(configured) ? Author.OPERATOR : Author.SETTINGS;
                return Optional.of(new ControlRecord.Configured(ChangeAvro.toDomain(configured), author));
            } else if (record instanceof VersionAssigned assigned) {
                return Optional.of(new ControlRecord.Assigned(SwapRecords.assignment(assigned)));
            }
            return Optional.empty();
        } catch (WireException | IllegalArgumentException e) {
            // A newer job may write kinds that this one does not know; decoding goes on with what it knows.
            LOG.warn(
                    "Passed over a control record; upgrade this job before those that write. cause={}", e.getMessage());
            return Optional.empty();
        }
    }
}
