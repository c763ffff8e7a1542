package dev.understudy.budget.control;

import dev.understudy.budget.control.WorkloadTally.Source;
import dev.understudy.budget.price.DifficultyScale;
import dev.understudy.budget.price.PriceScale;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tallies of one decoding subtask. Not thread-safe: owned by the task thread. */
public final class WorkloadTallies {
    /** Bound of the state: tallies of workloads and versions that were not touched for longest are dropped. */
    private static final int KEPT = 256;

    private final String shard;
    private final Map<Source, Counts> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Counts> eldest) {
            return size() > KEPT;
        }
    };

    /** A tally that is counted in. */
    private static final class Counts {
        private final Source source;
        private HelpUse use;
        private SightSums sights;
        private final long[] needed;
        private final long[] difficulties;

        Counts(WorkloadTally from) {
            source = from.source();
            use = from.use();
            sights = from.sights();
            needed = from.needed().stream().mapToLong(Long::longValue).toArray();
            difficulties =
                    from.difficulties().stream().mapToLong(Long::longValue).toArray();
        }

        WorkloadTally tally() {
            return new WorkloadTally(source, use, boxed(needed), boxed(difficulties), sights);
        }

        private static List<Long> boxed(long[] counts) {
            return Arrays.stream(counts).boxed().toList();
        }
    }

    /**
     * Starts with nothing seen.
     *
     * @param shard the owned shard to count under
     */
    public WorkloadTallies(String shard) {
        this.shard = shard;
    }

    /** Takes the tallies of a restored snapshot whose shards this subtask owns. */
    public void restore(Collection<WorkloadTally> state) {
        state.forEach(tally -> tallies.put(tally.source(), new Counts(tally)));
    }

    /**
     * Counts a finished completion.
     *
     * @param use its tokens and what they cost
     * @param difficulties [tokens] what the policy held against the price, each in [0, 1]
     */
    public void finished(String tenant, String workload, String version, HelpUse use, float[] difficulties) {
        Counts counts = counts(tenant, workload, version);
        counts.use = counts.use.plus(use);
        for (float difficulty : difficulties) {
            counts.difficulties[DifficultyScale.bin(difficulty)]++;
        }
    }

    /**
     * Counts what became of the look at a finished completion.
     *
     * @param sights of this one completion
     */
    public void looked(String tenant, String workload, String version, SightSums sights) {
        Counts counts = counts(tenant, workload, version);
        counts.sights = counts.sights.plus(sights);
    }

    /**
     * Counts a sequence that the teacher saw whole because an audit was drawn or because everything was asked.
     * Sequences that happened to be asked everywhere at a price must not be counted: they are the hard ones.
     *
     * @param needed lowest difficulty among the wrong choices of the student, 1 when there is none
     */
    public void seenWhole(String tenant, String workload, String version, double needed) {
        counts(tenant, workload, version).needed[PriceScale.bin(needed)]++;
    }

    /** All tallies: the state, and the records for the usage topic. */
    public List<WorkloadTally> snapshot() {
        return tallies.values().stream().map(Counts::tally).toList();
    }

    private Counts counts(String tenant, String workload, String version) {
        return tallies.computeIfAbsent(
                new Source(tenant, workload, version, shard), source -> new Counts(WorkloadTally.empty(source)));
    }
}
