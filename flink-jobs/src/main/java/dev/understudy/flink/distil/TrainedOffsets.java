package dev.understudy.flink.distil;

import dev.understudy.checkpoint.OffsetRange;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * Which offsets of the signal topic the kept signals come from: one range a partition. Not thread safe; owned by the
 * task thread. Bounded by the number of partitions.
 */
final class TrainedOffsets {
    private record Partition(String topic, int number) implements Comparable<Partition> {
        @Override
        public int compareTo(Partition other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Integer.compare(number, other.number);
        }
    }

    private final TreeMap<Partition, OffsetRange> ranges = new TreeMap<>();

    void add(String topic, int partition, long offset) {
        ranges.merge(
                new Partition(topic, partition),
                new OffsetRange(topic, partition, offset, offset + 1),
                (known, added) -> new OffsetRange(
                        topic,
                        partition,
                        Math.min(known.from(), added.from()),
                        Math.max(known.until(), added.until())));
    }

    List<OffsetRange> ranges() {
        return List.copyOf(ranges.values());
    }

    static void write(List<OffsetRange> ranges, DataOutput out) throws IOException {
        out.writeInt(ranges.size());
        for (OffsetRange range : ranges) {
            out.writeUTF(range.topic());
            out.writeInt(range.partition());
            out.writeLong(range.from());
            out.writeLong(range.until());
        }
    }

    static List<OffsetRange> read(DataInput in) throws IOException {
        OffsetRange[] ranges = new OffsetRange[in.readInt()];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = new OffsetRange(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        }
        return List.of(ranges);
    }

    void restore(List<OffsetRange> kept) {
        for (OffsetRange range : kept) {
            ranges.put(new Partition(range.topic(), range.partition()), range);
        }
    }
}
