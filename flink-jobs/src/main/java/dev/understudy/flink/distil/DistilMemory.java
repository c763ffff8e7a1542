package dev.understudy.flink.distil;

import dev.understudy.checkpoint.OffsetRange;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.flink.signal.DistilInput;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.signal.Quarantine;
import dev.understudy.signal.ReplayBuffer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Everything the job remembers between rounds: kept signals, verified answers, where they come from and how many are
 * new. Bounded by the replay buffer's bytes and {@link VerifiedAnswers#PER_WORKLOAD}. Not thread safe; owned by the
 * task thread.
 */
final class DistilMemory {
    private final Student student;
    private final SeedFiles seeds;
    private final Quarantine quarantine;
    private final ReplayBuffer buffer;
    private final VerifiedAnswers verified = new VerifiedAnswers();
    private final TrainedOffsets offsets = new TrainedOffsets();
    private long fresh;

    private DistilMemory(Student student, SeedFiles seeds, ReplayBuffer buffer) {
        this.student = student;
        this.seeds = seeds;
        this.buffer = buffer;
        quarantine = new Quarantine(student.vocabulary().fingerprint(), student.vocabularySize());
    }

    /** Remembers the seed files only. */
    static DistilMemory begin(Student student, DistilOperatorConfig config) {
        DistilMemory memory = new DistilMemory(student, config.seeds(), new ReplayBuffer(config.replay()));
        memory.readSeeds();
        return memory;
    }

    /** Remembers what {@link #writeTo} wrote, and the seed files, which are read again. */
    static DistilMemory restore(Student student, DistilOperatorConfig config, DataInput in) throws IOException {
        DistilMemory memory = new DistilMemory(student, config.seeds(), ReplayBuffer.readFrom(in, config.replay()));
        // Before the state: a verified answer that came later replaces its namesake from the file.
        memory.readSeeds();
        memory.verified.readFrom(in);
        memory.offsets.restore(TrainedOffsets.read(in));
        memory.fresh = in.readLong();
        return memory;
    }

    void writeTo(DataOutput out) throws IOException {
        buffer.writeTo(out);
        verified.writeTo(out);
        TrainedOffsets.write(offsets.ranges(), out);
        out.writeLong(fresh);
    }

    private void readSeeds() {
        if (!seeds.heldOut().isEmpty()) {
            pairs(seeds.heldOut()).forEach(verified::add);
        }
        if (!seeds.replay().isEmpty()) {
            pairs(seeds.replay()).forEach(buffer::seed);
        }
    }

    private List<LabelledSequence> pairs(String file) {
        return Pair.read(Path.of(file)).stream()
                .map(pair -> student.encode(pair.workload(), pair.prompt(), pair.completion()))
                .filter(student::holds)
                .toList();
    }

    /** Takes a signal in; the reason when it must not be learnt from. */
    Optional<Quarantine.Reason> offer(DistilInput.Signal signal) {
        Optional<Quarantine.Reason> objection = quarantine.objection(signal.intervention());
        if (objection.isPresent()) {
            return objection;
        }
        LabelledSequence labelled = quarantine.label(signal.intervention());
        if (!student.holds(labelled)) {
            return Optional.of(Quarantine.Reason.MALFORMED);
        }
        if (buffer.offer(labelled) != ReplayBuffer.Placement.HELD_OUT) {
            fresh++;
            offsets.add(signal.topic(), signal.partition(), signal.offset());
        }
        return Optional.empty();
    }

    /** Takes a verified answer in; one that is longer than the model's context says nothing about it. */
    void verified(DistilInput.Outcome outcome) {
        LabelledSequence answer = student.encode(outcome.workload(), outcome.prompt(), outcome.answer());
        if (student.holds(answer)) {
            verified.add(answer);
        }
    }

    /** Signals for training that came since the last round began. */
    long fresh() {
        return fresh;
    }

    /** Says that a round consumed them. */
    void consumed() {
        fresh = 0;
    }

    List<OffsetRange> trainedOn() {
        return offsets.ranges();
    }

    /** Bytes of the kept signals. */
    long bytes() {
        return buffer.bytes();
    }

    /** The data of a round; empty when every kept signal is one of a verified prompt. */
    Optional<TrainingSnapshot> snapshot(long round) {
        Set<Long> gated = verified.promptHashes();
        Predicate<LabelledSequence> trainable = sequence -> !gated.contains(sequence.promptHash());
        List<LabelledSequence> signals =
                buffer.signals().stream().filter(trainable).toList();
        if (signals.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TrainingSnapshot(
                round, signals, buffer.seeds().stream().filter(trainable).toList(), seeds.replayWeights()));
    }

    /**
     * What two versions are compared on: verified answers, topped up per workload with held-out signals that the
     * teacher saw whole. Empty while there is neither.
     */
    Optional<HeldOut> heldOut() {
        List<LabelledSequence> sequences = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (LabelledSequence answer : verified.all()) {
            add(answer, sequences, counts);
        }
        for (LabelledSequence signal : buffer.heldOut()) {
            if (counts.getOrDefault(signal.workload(), 0) < VerifiedAnswers.PER_WORKLOAD) {
                add(signal, sequences, counts);
            }
        }
        return sequences.isEmpty() ? Optional.empty() : Optional.of(new HeldOut(sequences));
    }

    private static void add(LabelledSequence sequence, List<LabelledSequence> sequences, Map<String, Integer> counts) {
        if (sequence.isDense()) {
            sequences.add(sequence);
            counts.merge(sequence.workload(), 1, Integer::sum);
        }
    }
}
