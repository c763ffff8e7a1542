package dev.understudy.flink.wire;

import dev.understudy.budget.control.HelpUse;
import dev.understudy.budget.control.SightSums;
import dev.understudy.budget.control.WorkloadTally;
import dev.understudy.budget.price.DifficultyScale;
import dev.understudy.budget.price.PriceScale;
import dev.understudy.wire.budget.HelpSpent;
import dev.understudy.wire.budget.HelpUnit;
import dev.understudy.wire.budget.SightTotals;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tallies as they cross Kafka: a usage record that names a student version and spends nothing. */
final class TallyAvro {
    private TallyAvro() {}

    static HelpSpent fromDomain(WorkloadTally tally, Instant at) {
        WorkloadTally.Source source = tally.source();
        HelpUse use = tally.use();
        SightSums sights = tally.sights();
        return HelpSpent.newBuilder()
                .setTenant(source.tenant())
                .setWorkload(source.workload())
                .setUnit(HelpUnit.TEACHER_TOKENS)
                .setWindowStart(Instant.EPOCH)
                .setShard(source.shard())
                .setOwnerEpoch(0)
                .setSpent(0)
                .setReserved(0)
                .setOutputTokens(use.outputTokens())
                .setMaskedTokens(use.maskedTokens())
                .setTeacherTokens(use.teacherTokens())
                .setMicroDollars(use.microDollars())
                .setWaitedMillis(use.waitedMillis())
                .setAuditedSequences(tally.audited())
                .setVersion(source.version())
                .setPriceNeeded(tally.needed())
                .setDifficulties(tally.difficulties())
                .setSights(SightTotals.newBuilder()
                        .setSequences(sights.sequences())
                        .setDue(sights.due())
                        .setSeen(sights.seen())
                        .setDisagreed(sights.disagreed())
                        .setSquares(sights.squares())
                        .setHeaviest(sights.heaviest())
                        .build())
                .setAt(at)
                .build();
    }

    /** The tally; empty when the record is a shard's word about a window. */
    static Optional<WorkloadTally> toDomain(HelpSpent record) {
        String version = record.getVersion();
        if (version == null) {
            return Optional.empty();
        }
        return Optional.of(new WorkloadTally(
                new WorkloadTally.Source(record.getTenant(), record.getWorkload(), version, record.getShard()),
                use(record),
                bins(record.getPriceNeeded(), PriceScale.BINS),
                bins(record.getDifficulties(), DifficultyScale.BINS),
                sights(record.getSights())));
    }

    /** Records of the first release counted the teacher's tokens as masked. */
    private static HelpUse use(HelpSpent record) {
        boolean first = record.getDifficulties().isEmpty();
        return new HelpUse(
                record.getOutputTokens(),
                first ? 0 : record.getMaskedTokens(),
                first ? record.getMaskedTokens() : record.getTeacherTokens(),
                record.getMicroDollars(),
                record.getWaitedMillis());
    }

    private static List<Long> bins(List<Long> counts, int expected) {
        return counts.isEmpty() ? Collections.nCopies(expected, 0L) : counts;
    }

    private static SightSums sights(@Nullable SightTotals totals) {
        return totals == null
                ? SightSums.NONE
                : new SightSums(
                        totals.getSequences(),
                        totals.getDue(),
                        totals.getSeen(),
                        totals.getDisagreed(),
                        totals.getSquares(),
                        totals.getHeaviest());
    }
}
