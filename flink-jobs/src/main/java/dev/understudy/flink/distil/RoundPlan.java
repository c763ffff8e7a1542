package dev.understudy.flink.distil;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.OffsetRange;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a round was begun with; part of Flink's state while it runs.
 *
 * @param number number of the round, from 1
 * @param candidate id that its candidate will have
 * @param parent checkpoint that training begins at; null for the initial model
 * @param signals new signals that it consumes
 * @param trainedOn offsets of all signals in its snapshot
 */
record RoundPlan(
        long number, CheckpointId candidate, @Nullable CheckpointId parent, long signals, List<OffsetRange> trainedOn) {
    private static final Pattern CANDIDATE = Pattern.compile("r(\\d+)-[0-9a-f]+");

    RoundPlan {
        trainedOn = List.copyOf(trainedOn);
    }

    /**
     * An id for a candidate of round {@code number}. It carries the time because a round that is repeated after a crash
     * or an old savepoint makes other files, and a published id never changes its files.
     */
    static CheckpointId candidateId(long number, Instant now) {
        return new CheckpointId(String.format(Locale.ROOT, "r%04d-%x", number, now.toEpochMilli()));
    }

    /** The number of the round that staged a directory of this name; -1 when no round did. */
    static long roundOf(String name) {
        Matcher candidate = CANDIDATE.matcher(name);
        return candidate.matches() ? Long.parseLong(candidate.group(1)) : -1;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(number);
        out.writeUTF(candidate.value());
        out.writeUTF(parent == null ? "" : parent.value());
        out.writeLong(signals);
        TrainedOffsets.write(trainedOn, out);
    }

    static RoundPlan readFrom(DataInput in) throws IOException {
        long number = in.readLong();
        CheckpointId candidate = new CheckpointId(in.readUTF());
        String parent = in.readUTF();
        return new RoundPlan(
                number,
                candidate,
                parent.isEmpty() ? null : new CheckpointId(parent),
                in.readLong(),
                TrainedOffsets.read(in));
    }
}
