package dev.understudy.gate;

import java.util.List;

/**
 * The sequences that two versions are compared on.
 *
 * @param examples in a fixed order, at least one
 */
public record GateSet(List<GateExample> examples) {
    public GateSet {
        examples = List.copyOf(examples);
        if (examples.isEmpty()) {
            throw new IllegalArgumentException(
                    "Gate has no example to compare versions on; send verified answers or enable audits.");
        }
    }

    /** Hash over the content: figures of two versions may be paired only when it is equal. */
    public long fingerprint() {
        long hash = 0;
        for (GateExample example : examples) {
            hash = 31 * hash + example.workload().hashCode();
            hash = mix(hash, example.promptIds());
            hash = mix(hash, example.contextIds());
            hash = mix(hash, example.labelIds());
        }
        return hash;
    }

    private static long mix(long hash, int[] ids) {
        long mixed = hash * 0x9E3779B97F4A7C15L + ids.length;
        for (int id : ids) {
            mixed = (mixed ^ id) * 0xBF58476D1CE4E5B9L;
            mixed ^= mixed >>> 29;
        }
        return mixed;
    }
}
