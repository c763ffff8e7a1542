package dev.understudy.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All scores of one version on one gate set; cache those of the serving version and reuse them while the set's
 * fingerprint is the same.
 *
 * @param setFingerprint {@link GateSet#fingerprint} of the sequences
 * @param byWorkload scores in the set's order
 */
public record VersionFigures(long setFingerprint, SortedMap<String, List<ForcedScore>> byWorkload) {
    public VersionFigures {
        SortedMap<String, List<ForcedScore>> copy = new TreeMap<>();
        byWorkload.forEach(
                (workload, scores) -> copy.put(workload, Collections.unmodifiableList(new ArrayList<>(scores))));
        byWorkload = Collections.unmodifiableSortedMap(copy);
    }
}
