package dev.understudy.wire;

import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.HelpSpent;
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
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Every topic of a pipeline: its name, how it is kept and what it carries. */
public enum Topics {
    PROMPTS("prompts", 4, Keep.WEEK, PromptSubmitted.class),
    COMPLETIONS("completions", 4, Keep.WEEK, CompletionProduced.class),
    FRAGMENTS("fragments", 4, Keep.HOUR, CompletionFragment.class),
    REJECTED_PROMPTS("rejected-prompts", 1, Keep.WEEK, PromptRejected.class),
    DEFERRED_PROMPTS("deferred-prompts", 4, Keep.WEEK, PromptDeferred.class),
    SIGNALS("signals", 4, Keep.WEEK, InterventionRecorded.class),
    USAGE("usage", 1, Keep.LATEST, HelpSpent.class),
    /** One partition: readers rely on the order of grants, prices and assignments. */
    CONTROL(
            "control",
            1,
            Keep.LATEST,
            HelpGranted.class,
            PriceSet.class,
            VersionAssigned.class,
            BudgetConfigured.class,
            OperatorCommand.class),
    ASSIGNMENTS("assignments", 1, Keep.FOREVER, VersionAssigned.class),
    CHECKPOINTS("checkpoints", 1, Keep.LATEST, CheckpointPublished.class),
    VERDICTS("verdicts", 1, Keep.FOREVER, GateJudged.class),
    SWAPS("swaps", 1, Keep.FOREVER, SwapReported.class),
    FEEDBACK("feedback", 1, Keep.WEEK, OutcomeReported.class),
    MEMORY("memory", 4, Keep.LATEST, DistributionRemembered.class);

    /** How long the records of a topic are kept. */
    public enum Keep {
        /** The last record of each key, for ever. */
        LATEST("compact", -1),
        /** Every record, for ever. */
        FOREVER("delete", -1),
        /** Every record for seven days. */
        WEEK("delete", Duration.ofDays(7).toMillis()),
        /** Every record for an hour. */
        HOUR("delete", Duration.ofHours(1).toMillis());

        private final String cleanupPolicy;
        private final long retentionMillis;

        Keep(String cleanupPolicy, long retentionMillis) {
            this.cleanupPolicy = cleanupPolicy;
            this.retentionMillis = retentionMillis;
        }

        /** Kafka's {@code cleanup.policy}. */
        public String cleanupPolicy() {
            return cleanupPolicy;
        }

        /** Kafka's {@code retention.ms}, milliseconds; -1 is for ever. */
        public long retentionMillis() {
            return retentionMillis;
        }
    }

    private final String base;
    private final int partitions;
    private final Keep keep;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Class<? extends SpecificRecord>> records;

    @SafeVarargs
    @SuppressWarnings("varargs") // List.of only reads the array
    Topics(String base, int partitions, Keep keep, Class<? extends SpecificRecord>... records) {
        this.base = base;
        this.partitions = partitions;
        this.keep = keep;
        this.records = List.of(records);
    }

    /**
     * Name on the broker.
     *
     * @param prefix put in front as it is, so that several pipelines share a broker, for example {@code demo.}; may be
     *     empty
     */
    public String name(String prefix) {
        return prefix + base;
    }

    /** Partitions of a new topic unless settings say otherwise. */
    public int partitions() {
        return partitions;
    }

    /** How long records are kept. */
    public Keep keep() {
        return keep;
    }

    /** Generated classes of the records it carries. */
    public List<Class<? extends SpecificRecord>> records() {
        return records;
    }
}
