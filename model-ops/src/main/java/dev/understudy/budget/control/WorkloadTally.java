package dev.understudy.budget.control;

import dev.understudy.budget.price.DifficultyScale;
import dev.understudy.budget.price.PriceScale;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What one shard has seen of one workload under one student version, as totals that only grow.
 *
 * @param source whose tally it is
 * @param use what the completions used
 * @param needed sequences that the teacher saw whole for a reason that has nothing to do with their difficulty, by the
 *     bin of the price they needed to be right; see {@link PriceScale#bin}
 * @param difficulties completion tokens by the bin of their difficulty; see {@link DifficultyScale#bin}
 * @param sights what whole looks showed
 */
public record WorkloadTally(Source source, HelpUse use, List<Long> needed, List<Long> difficulties, SightSums sights) {
    /**
     * Names a tally.
     *
     * @param tenant who paid
     * @param workload kind of prompt
     * @param version student version that decoded
     * @param shard the virtual shard that counts
     */
    public record Source(String tenant, String workload, String version, String shard) {
        public Source {
            Objects.requireNonNull(tenant);
            Objects.requireNonNull(workload);
            Objects.requireNonNull(version);
            Objects.requireNonNull(shard);
        }
    }

    public WorkloadTally {
        Objects.requireNonNull(source);
        Objects.requireNonNull(use);
        Objects.requireNonNull(sights);
        needed = requireCounts(source, needed, PriceScale.BINS);
        difficulties = requireCounts(source, difficulties, DifficultyScale.BINS);
    }

    private static List<Long> requireCounts(Source source, List<Long> counts, int bins) {
        if (counts.size() != bins || counts.stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("Cannot tally " + source + ": found bins " + counts + ", expected "
                    + bins + " counts of at least 0. Discard the record.");
        }
        return List.copyOf(counts);
    }

    static WorkloadTally empty(Source source) {
        return new WorkloadTally(
                source,
                HelpUse.NONE,
                Collections.nCopies(PriceScale.BINS, 0L),
                Collections.nCopies(DifficultyScale.BINS, 0L),
                SightSums.NONE);
    }

    /** Sequences whose needed price counts. */
    public long audited() {
        return needed.stream().mapToLong(Long::longValue).sum();
    }
}
