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
        throw new UnsupportedOperationException();
    }
}
