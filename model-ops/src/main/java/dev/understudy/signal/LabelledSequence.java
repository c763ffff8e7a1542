package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One training example: a sequence and the teacher's law of some of its completion tokens. The completion is cut behind
 * the last labelled token. Arrays are not copied; nobody modifies them.
 *
 * @param workload unit of replay and gate
 * @param tenant whose traffic it is; empty for seed data that belongs to nobody
 * @param promptIds prompt token ids [P], at least one
 * @param tokenIds completion token ids [T] that stand as context
 * @param positions [N] ascending completion positions in [0, T) whose law is known, at least one
 * @param laws [N] the law of the token at each of these positions, given everything before it
 * @param seenWhole whether the teacher saw the whole completion before it was cut
 */
public record LabelledSequence(
        String workload,
        String tenant,
        int[] promptIds,
        int[] tokenIds,
        int[] positions,
        List<TeacherDistribution> laws,
        boolean seenWhole) {
    // Object headers, references and list nodes of one law and one sequence, from the 64-bit layout; a bound, not a
    // measurement.
    private static final int LAW_OVERHEAD = 64;
    private static final int SEQUENCE_OVERHEAD = 160;

    public LabelledSequence {
        laws = List.copyOf(laws);
        if (promptIds.length == 0 || positions.length == 0 || positions.length != laws.size()) {
            throw new IllegalArgumentException("[BUG] labelled sequence with " + promptIds.length + " prompt ids, "
                    + positions.length + " positions, " + laws.size() + " laws");
        }
        int previous = -1;
        for (int position : positions) {
            if (position <= previous || position >= tokenIds.length) {
                throw new IllegalArgumentException("[BUG] position " + position + " after " + previous + " in a"
                        + " completion of " + tokenIds.length + " tokens");
            }
            previous = position;
        }
    }

    /** A verified pair as an example: every answer token (end token included) is its own label, K = 1. */
    public static LabelledSequence ofPair(String workload, int[] promptIds, int[] answerIds) {
        int[] positions = new int[answerIds.length];
        List<TeacherDistribution> laws = new ArrayList<>(answerIds.length);
        for (int i = 0; i < answerIds.length; i++) {
            positions[i] = i;
            laws.add(new TeacherDistribution(new int[] {answerIds[i]}, new float[] {0}));
        }
        return new LabelledSequence(workload, "", promptIds, answerIds, positions, laws, true);
    }

    /** True when every completion position is labelled, so that exact match can be read off it. */
    public boolean isDense() {
        return seenWhole && positions.length == tokenIds.length;
    }

    /** Prompt and completion tokens. */
    public int length() {
        return promptIds.length + tokenIds.length;
    }

    /** Approximate heap size in bytes; what the replay buffer counts. */
    public long bytes() {
        long bytes = SEQUENCE_OVERHEAD + 4L * (promptIds.length + tokenIds.length + positions.length);
        for (TeacherDistribution law : laws) {
            bytes += LAW_OVERHEAD + 8L * law.ids().length;
        }
        return bytes;
    }

    /** 64-bit hash of the prompt's content; equal prompts are one prompt for hold-out and repeats. */
    public long promptHash() {
        long hash = promptIds.length;
        for (int id : promptIds) {
            hash = mix(hash * 0x9E3779B97F4A7C15L + id);
        }
        return hash;
    }

    /** Finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64-bit values. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Writes all fields; the container states the version. */
    public void writeTo(DataOutput out) throws IOException {
        out.writeUTF(workload);
        out.writeUTF(tenant);
        out.writeBoolean(seenWhole);
        writeInts(out, promptIds);
        writeInts(out, tokenIds);
        writeInts(out, positions);
        for (TeacherDistribution law : laws) {
            writeInts(out, law.ids());
            for (float logProbability : law.logProbabilities()) {
                out.writeFloat(logProbability);
            }
        }
    }

    /** Reads what {@link #writeTo} wrote. */
    public static LabelledSequence readFrom(DataInput in) throws IOException {
        String workload = in.readUTF();
        String tenant = in.readUTF();
        boolean seenWhole = in.readBoolean();
        int[] promptIds = readInts(in);
        int[] tokenIds = readInts(in);
        int[] positions = readInts(in);
        List<TeacherDistribution> laws = new ArrayList<>(positions.length);
        for (int i = 0; i < positions.length; i++) {
            int[] ids = readInts(in);
            float[] logProbabilities = new float[ids.length];
            for (int k = 0; k < ids.length; k++) {
                logProbabilities[k] = in.readFloat();
            }
            laws.add(new TeacherDistribution(ids, logProbabilities));
        }
        return new LabelledSequence(workload, tenant, promptIds, tokenIds, positions, laws, seenWhole);
    }

    private static void writeInts(DataOutput out, int[] values) throws IOException {
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
