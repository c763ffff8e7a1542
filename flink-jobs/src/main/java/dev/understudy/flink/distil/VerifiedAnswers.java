package dev.understudy.flink.distil;

import dev.understudy.signal.LabelledSequence;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Verified answers for the gate: the newest of each workload, one a prompt. Their prompts are never trained on. Not
 * thread safe; owned by the task thread.
 */
final class VerifiedAnswers {
    /** The gate's comparisons were sized for 200 sequences a workload; more only costs time. */
    static final int PER_WORKLOAD = 200;

    private final Map<String, LinkedHashMap<Long, LabelledSequence>> byWorkload = new TreeMap<>();

    void add(LabelledSequence answer) {
        LinkedHashMap<Long, LabelledSequence> kept =
                byWorkload.computeIfAbsent(answer.workload(), workload -> new LinkedHashMap<>());
        kept.remove(answer.promptHash());
        kept.put(answer.promptHash(), answer);
        if (kept.size() > PER_WORKLOAD) {
            Iterator<LabelledSequence> oldest = kept.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** All kept answers, by workload, oldest first. */
    List<LabelledSequence> all() {
        List<LabelledSequence> all = new ArrayList<>();
        byWorkload.values().forEach(kept -> all.addAll(kept.values()));
        return all;
    }

    int count(String workload) {
        Map<Long, LabelledSequence> kept = byWorkload.get(workload);
        return kept == null ? 0 : kept.size();
    }

    /** Hashes of the prompts that must not be trained on. */
    Set<Long> promptHashes() {
        Set<Long> hashes = new HashSet<>();
        byWorkload.values().forEach(kept -> hashes.addAll(kept.keySet()));
        return hashes;
    }

    void writeTo(DataOutput out) throws IOException {
        List<LabelledSequence> all = all();
        out.writeInt(all.size());
        for (LabelledSequence answer : all) {
            out.writeUTF(answer.workload());
            writeInts(answer.promptIds(), out);
            writeInts(answer.tokenIds(), out);
        }
    }

    void readFrom(DataInput in) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            add(LabelledSequence.ofPair(in.readUTF(), readInts(in), readInts(in)));
        }
    }

    private static void writeInts(int[] values, DataOutput out) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] readInts(DataInput in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }
}
