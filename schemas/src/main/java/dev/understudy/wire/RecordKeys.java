package dev.understudy.wire;

import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.HelpSpent;
import dev.understudy.wire.budget.HelpUnit;
import dev.understudy.wire.budget.OperatorCommand;
import dev.understudy.wire.budget.PriceSet;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.decode.CompletionFragment;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.gate.GateJudged;
import dev.understudy.wire.memory.DistributionRemembered;
import dev.understudy.wire.prompt.PromptDeferred;
import dev.understudy.wire.prompt.PromptRejected;
import dev.understudy.wire.prompt.PromptSubmitted;
import dev.understudy.wire.signal.InterventionRecorded;
import dev.understudy.wire.signal.OutcomeReported;
import dev.understudy.wire.swap.SwapReported;
import dev.understudy.wire.swap.VersionAssigned;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The key of each record on its topic, UTF-8. Compacted topics keep the last record of a key, so everything that must
 * survive beside another record is part of it. Parts are URL-encoded and joined by slashes: no tenant's name can
 * imitate another's key.
 */
public final class RecordKeys {
    private RecordKeys() {}

    /** Key of a record, as text; null for records that have none. */
    public static @Nullable String of(SpecificRecord value) {
        String key = budget(value);
        if (key != null) {
            return key;
        }
        if (value instanceof PromptSubmitted r) {
            return r.getId();
        } else if (value instanceof CompletionProduced r) {
            return r.getId();
        } else if (value instanceof CompletionFragment r) {
            return r.getId();
        } else if (value instanceof PromptRejected r) {
            return r.getId();
        } else if (value instanceof PromptDeferred r) {
            return r.getId();
        } else if (value instanceof InterventionRecorded r) {
            return r.getPromptId();
        } else if (value instanceof OutcomeReported r) {
            return r.getPromptId();
        }
        return model(value);
    }

    /** {@link #of} as bytes. */
    public static byte @Nullable [] bytes(SpecificRecord value) {
        String key = of(value);
        return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String budget(SpecificRecord value) {
        if (value instanceof HelpSpent r) {
            // A replaced owner's late record must not wipe out what its successor has reserved.
            return scope("spent", r.getTenant(), r.getWorkload(), r.getUnit(), r.getWindowStart(), r.getShard()) + "/"
                    + r.getOwnerEpoch();
        } else if (value instanceof HelpGranted r) {
            return scope("granted", r.getTenant(), r.getWorkload(), r.getUnit(), r.getWindowStart(), r.getShard());
        } else if (value instanceof PriceSet r) {
            // The price of a version that is about to serve must not wipe out that of the one that does.
            String version = r.getVersion();
            return join("price", r.getTenant(), r.getWorkload(), version == null ? "" : version);
        } else if (value instanceof BudgetConfigured r) {
            return join("cap", r.getTenant(), r.getWorkload(), r.getUnit().name());
        } else if (value instanceof OperatorCommand r) {
            return join("command", r.getId());
        }
        return null;
    }

    private static @Nullable String model(SpecificRecord value) {
        if (value instanceof VersionAssigned) {
            return "version";
        } else if (value instanceof CheckpointPublished r) {
            return r.getId();
        } else if (value instanceof GateJudged r) {
            return r.getCandidateId();
        } else if (value instanceof SwapReported r) {
            return join(r.getConsumer(), Integer.toString(r.getSubtask()));
        } else if (value instanceof DistributionRemembered r) {
            return r.getKey();
        }
        throw new IllegalArgumentException(
                "[BUG] no key is defined for " + value.getSchema().getFullName() + ". Add it to RecordKeys.");
    }

    private static String scope(
            String kind, String tenant, String workload, HelpUnit unit, Instant windowStart, String shard) {
        return join(kind, tenant, workload, unit.name(), Long.toString(windowStart.toEpochMilli()), shard);
    }

    private static String join(String... parts) {
        StringBuilder key = new StringBuilder();
        for (String part : parts) {
            key.append(key.isEmpty() ? "" : "/").append(URLEncoder.encode(part, StandardCharsets.UTF_8));
        }
        return key.toString();
    }
}
