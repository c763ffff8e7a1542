package dev.understudy.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The memory of the distillation job: signals by workload (newest and a reservoir of older ones), seed pairs that the
 * student was trained on before, and the held-out sequences that are never trained on. Bounded by bytes; deterministic
 * in its seed and the order of calls. Not thread safe; owned by the task thread.
 */
public final class ReplayBuffer {
    private static final int VERSION = 1;

    /** Where an offered sequence went. */
    public enum Placement {
        TRAINING,
        /** Same prompt as a kept signal, which it replaced. */
        REPLACED,
        HELD_OUT
    }

    private final ReplayConfig config;
    private final SortedMap<String, WorkloadShelf> shelves = new TreeMap<>();
    private final SortedMap<String, LinkedHashMap<Long, LabelledSequence>> heldOut = new TreeMap<>();
    private final List<LabelledSequence> seeds = new ArrayList<>();
    private long accepted;

    public ReplayBuffer(ReplayConfig config) {
        this.config = config;
    }

    /** Takes a signal in, dropping older ones where bytes run out. */
    public Placement offer(LabelledSequence signal) {
        long hash = signal.promptHash();
        if (isHeldOut(hash)) {
            holdOut(hash, signal);
            return Placement.HELD_OUT;
        }
        accepted++;
        boolean isNew = !shelves.containsKey(signal.workload());
        WorkloadShelf shelf = shelves.computeIfAbsent(signal.workload(), name -> new WorkloadShelf(config.seed()));
        boolean replaced = shelf.put(hash, signal);
        if (isNew) {
            // The share of every workload shrank.
            shelves.values().forEach(this::trim);
        } else {
            trim(shelf);
        }
        return replaced ? Placement.REPLACED : Placement.TRAINING;
    }

    /**
     * Adds a seed pair. Seed pairs are never dropped; a pair whose prompt is held out goes to the held-out sequences
     * instead, unless a signal for the prompt is there.
     */
    public Placement seed(LabelledSequence pair) {
        long hash = pair.promptHash();
        if (isHeldOut(hash)) {
            LinkedHashMap<Long, LabelledSequence> kept = heldOut.get(pair.workload());
            if (kept == null || (!kept.containsKey(hash) && kept.size() < config.heldOutPerWorkload())) {
                holdOut(hash, pair);
            }
            return Placement.HELD_OUT;
        }
        seeds.add(pair);
        return Placement.TRAINING;
    }

    /** True when prompts with this hash are held out. */
    public boolean isHeldOut(long promptHash) {
        return (promptHash >>> 11) * 0x1p-53 < config.heldOutShare();
    }

    /** Signals to train on, in a fixed order. */
    public List<LabelledSequence> signals() {
        List<LabelledSequence> all = new ArrayList<>();
        shelves.values().forEach(shelf -> {
            all.addAll(shelf.older.values());
            all.addAll(shelf.recent.values());
        });
        return all;
    }

    /** Seed pairs, in the order they came. */
    public List<LabelledSequence> seeds() {
        return List.copyOf(seeds);
    }

    /** Held-out sequences that are labelled at every position, in a fixed order. */
    public List<LabelledSequence> heldOut() {
        List<LabelledSequence> all = new ArrayList<>();
        heldOut.values().forEach(kept -> all.addAll(kept.values()));
        return all;
    }

    /** Signals taken in for training since the buffer began, dropped ones included. */
    public long accepted() {
        return accepted;
    }

    /** Bytes of the kept signals. */
    public long bytes() {
        return shelves.values().stream()
                .mapToLong(shelf -> shelf.recentBytes + shelf.olderBytes)
                .sum();
    }

    /** Writes the signals, the held-out sequences and the counter, versioned; seed pairs are not written. */
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(accepted);
        out.writeInt(shelves.size());
        for (var entry : shelves.entrySet()) {
            out.writeUTF(entry.getKey());
            write(out, entry.getValue().older.values());
            write(out, entry.getValue().recent.values());
        }
        write(out, heldOut());
    }

    /** Reads what {@link #writeTo} wrote; seed pairs are added again by the caller. */
    public static ReplayBuffer readFrom(DataInput in, ReplayConfig config) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("Replay buffer state has version " + version + "; this build reads version " + VERSION
                    + ". Restore with the build that wrote it.");
        }
        ReplayBuffer buffer = new ReplayBuffer(config);
        buffer.accepted = in.readLong();
        int workloads = in.readInt();
        for (int i = 0; i < workloads; i++) {
            WorkloadShelf shelf = new WorkloadShelf(config.seed());
            buffer.shelves.put(in.readUTF(), shelf);
            read(in).forEach(shelf::keepOlder);
            read(in).forEach(signal -> shelf.put(signal.promptHash(), signal));
        }
        buffer.shelves.values().forEach(buffer::trim);
        read(in).forEach(sequence -> buffer.holdOut(sequence.promptHash(), sequence));
        return buffer;
    }

    private void holdOut(long hash, LabelledSequence sequence) {
        if (!sequence.isDense()) {
            return;
        }
        LinkedHashMap<Long, LabelledSequence> kept =
                heldOut.computeIfAbsent(sequence.workload(), name -> new LinkedHashMap<>());
        kept.remove(hash);
        kept.put(hash, sequence);
        if (kept.size() > config.heldOutPerWorkload()) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    private void trim(WorkloadShelf shelf) {
        long most = config.bytes() / shelves.size();
        long recent = (long) (most * config.recentShare());
        shelf.trim(recent, most - recent);
    }

    private static void write(DataOutput out, Collection<LabelledSequence> sequences) throws IOException {
        out.writeInt(sequences.size());
        for (LabelledSequence sequence : sequences) {
            sequence.writeTo(out);
        }
    }

    private static List<LabelledSequence> read(DataInput in) throws IOException {
        int count = in.readInt();
        List<LabelledSequence> sequences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sequences.add(LabelledSequence.readFrom(in));
        }
        return sequences;
    }

    /**
     * Signals of one workload. What leaves the recent part competes for the reservoir by a random priority that is a
     * function of seed and prompt: the smallest priorities that fit are a uniform sample (bottom-k sampling, Cohen and
     * Kaplan 2007), and no generator state has to be stored.
     */
    private static final class WorkloadShelf {
        private final long seed;
        private final LinkedHashMap<Long, LabelledSequence> recent = new LinkedHashMap<>();
        private final TreeMap<Long, LabelledSequence> older = new TreeMap<>();
        private long recentBytes;
        private long olderBytes;

        WorkloadShelf(long seed) {
            this.seed = seed;
        }

        boolean put(long hash, LabelledSequence signal) {
            LabelledSequence before = recent.remove(hash);
            if (before != null) {
                recentBytes -= before.bytes();
            } else {
                before = older.remove(priority(hash));
                olderBytes -= before == null ? 0 : before.bytes();
            }
            recent.put(hash, signal);
            recentBytes += signal.bytes();
            return before != null;
        }

        void keepOlder(LabelledSequence signal) {
            older.put(priority(signal.promptHash()), signal);
            olderBytes += signal.bytes();
        }

        void trim(long mostRecent, long mostOlder) {
            while (recentBytes > mostRecent && !recent.isEmpty()) {
                var eldest = recent.entrySet().iterator().next();
                recent.remove(eldest.getKey());
                recentBytes -= eldest.getValue().bytes();
                keepOlder(eldest.getValue());
            }
            while (olderBytes > mostOlder && !older.isEmpty()) {
                olderBytes -= older.pollLastEntry().getValue().bytes();
            }
        }

        /** Mixing is a bijection, so two prompts never share a priority unless they share a hash. */
        private long priority(long hash) {
            return LabelledSequence.mix(hash ^ LabelledSequence.mix(seed + 0x9E3779B97F4A7C15L));
        }
    }
}
