package dev.understudy.budget.price;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What one shard has seen of one workload under one student version, as totals that only grow.
 *
 * @param tenant who paid
 * @param workload kind of prompt
 * @param version student version that decoded
 * @param shard the virtual shard that counts
 * @param outputTokens tokens of all completions
 * @param maskedTokens tokens among them that the teacher wrote
 * @param needed sequences that the teacher saw whole, by the bin of the price they needed to be right; see
 *     {@link PriceScale#bin}
 */
public record QualityTally(
        String tenant,
        String workload,
        String version,
        String shard,
        long outputTokens,
        long maskedTokens,
        List<Long> needed) {
    public QualityTally {
        Objects.requireNonNull(tenant);
        Objects.requireNonNull(workload);
        Objects.requireNonNull(version);
        Objects.requireNonNull(shard);
        needed = List.copyOf(needed);
        if (needed.size() != PriceScale.BINS || needed.stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("Cannot tally workload " + workload + " of " + tenant + ": found bins "
                    + needed + ", expected " + PriceScale.BINS + " counts of at least 0. Discard the record.");
        }
        if (outputTokens < 0 || maskedTokens < 0 || maskedTokens > outputTokens) {
            throw new IllegalArgumentException("Cannot tally workload " + workload + " of " + tenant + ": found "
                    + maskedTokens + " masked of " + outputTokens
                    + " tokens, expected no more masked than written and none below 0. Discard the record.");
        }
    }

    static QualityTally empty(String tenant, String workload, String version, String shard) {
        return new QualityTally(tenant, workload, version, shard, 0, 0, Collections.nCopies(PriceScale.BINS, 0L));
    }

    /** Sequences that the teacher saw whole. */
    public long audited() {
        return needed.stream().mapToLong(Long::longValue).sum();
    }

    QualityTally withOutput(long tokens, long masked) {
        return new QualityTally(tenant, workload, version, shard, outputTokens + tokens, maskedTokens + masked, needed);
    }

    QualityTally withSeenWhole(int bin) {
        Long[] bins = needed.toArray(new Long[0]);
        bins[bin]++;
        return new QualityTally(tenant, workload, version, shard, outputTokens, maskedTokens, List.of(bins));
    }
}
