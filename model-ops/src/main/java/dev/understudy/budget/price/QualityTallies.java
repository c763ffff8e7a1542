package dev.understudy.budget.price;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tallies of one decoding subtask. Not thread-safe: owned by the task thread. */
public final class QualityTallies {
    /** Bound of the state: tallies of workloads and versions that were not touched for longest are dropped. */
    private static final int KEPT = 256;

    private record Key(String tenant, String workload, String version, String shard) {
        static Key of(QualityTally tally) {
            return new Key(tally.tenant(), tally.workload(), tally.version(), tally.shard());
        }
    }

    private final String shard;
    private final Map<Key, QualityTally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, QualityTally> eldest) {
            return size() > KEPT;
        }
    };

    /**
     * Starts with nothing seen.
     *
     * @param shard the owned shard to count under
     */
    public QualityTallies(String shard) {
        this.shard = shard;
    }

    /** Takes the tallies of a restored snapshot whose shards this subtask owns. */
    public void restore(Collection<QualityTally> state) {
        state.forEach(tally -> tallies.put(Key.of(tally), tally));
    }

    /** Counts a finished completion. */
    public void finished(String tenant, String workload, String version, long outputTokens, long maskedTokens) {
        QualityTally tally = tally(tenant, workload, version).withOutput(outputTokens, maskedTokens);
        tallies.put(Key.of(tally), tally);
    }

    /**
     * Counts a sequence that the teacher saw whole because an audit was drawn or because everything was asked.
     * Sequences that happened to be asked everywhere at a price must not be counted: they are the hard ones.
     *
     * @param needed lowest difficulty among the wrong choices of the student, 1 when there is none
     */
    public void seenWhole(String tenant, String workload, String version, double needed) {
        QualityTally tally = tally(tenant, workload, version).withSeenWhole(PriceScale.bin(needed));
        tallies.put(Key.of(tally), tally);
    }

    /** All tallies: the state, and the records for the usage topic. */
    public List<QualityTally> snapshot() {
        return List.copyOf(tallies.values());
    }

    private QualityTally tally(String tenant, String workload, String version) {
        QualityTally found = tallies.get(new Key(tenant, workload, version, shard));
        return found == null ? QualityTally.empty(tenant, workload, version, shard) : found;
    }
}
