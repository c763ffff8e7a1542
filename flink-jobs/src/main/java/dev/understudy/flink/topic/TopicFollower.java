package dev.understudy.flink.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole topic from its beginning, outside the job graph: first to the present end on the caller's thread, then,
 * when asked, on a thread of its own for as long as it is open. It assigns all partitions itself (no consumer group).
 *
 * <p>A broadcast input would do the same inside the graph, but it switches unaligned checkpoints off for every input of
 * its operator.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** A broker that answers nothing for this long while the topic is read to its end fails the task. */
    private static final int SILENT_POLLS = 300;

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Thread thread;
    private volatile boolean closing;

    /** Which records of transactions are seen. */
    public enum Isolation {
        /** Only those of committed transactions: what a reader may act upon. */
        COMMITTED,
        /** Also those of open and aborted ones: what a writer may have promised. */
        UNCOMMITTED
    }

    /** Opens the topic at its beginning. */
    public TopicFollower(String bootstrapServers, String topic, Isolation isolation) {
        this.topic = topic;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        isolation == Isolation.COMMITTED ? "read_committed" : "read_uncommitted",
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        if (partitions == null || partitions.isEmpty()) {
            consumer.close();
            throw new IllegalStateException("Cannot follow topic " + topic + " at " + bootstrapServers
                    + ": it has no partitions. Create the topics before the job starts.");
        }
        List<TopicPartition> all = partitions.stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /** Hands every record up to the present end to {@code values}, on this thread. Tombstones are left out. */
    public void readToEnd(Consumer<byte[]> values) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        int silent = 0;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            silent = deliver(values) == 0 ? silent + 1 : 0;
            if (silent > SILENT_POLLS) {
                throw new IllegalStateException("Cannot read topic " + topic + " to its end: nothing came for "
                        + POLL.multipliedBy(SILENT_POLLS) + ". Check the broker.");
            }
        }
    }

    /**
     * Goes on from here on a daemon thread.
     *
     * @param values receives each record; a {@link RejectedExecutionException} from it ends the thread silently
     * @param failed receives any other failure, so that the task fails instead of going on with stale records
     */
    public void follow(String name, ClassLoader loader, Consumer<byte[]> values, Consumer<Throwable> failed) {
        Thread follower = new Thread(() -> loop(values, failed), name);
        follower.setDaemon(true);
        follower.setContextClassLoader(loader);
        thread = follower;
        follower.start();
    }

    private void loop(Consumer<byte[]> values, Consumer<Throwable> failed) {
        try {
            while (!closing) {
                deliver(values);
            }
        } catch (WakeupException | InterruptException | RejectedExecutionException e) {
            // The task is going away; its successor reads the topic again.
        } catch (RuntimeException | Error e) {
            if (!closing) {
                failed.accept(e);
            }
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE));
        }
    }

    private int deliver(Consumer<byte[]> values) {
        int delivered = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            delivered++;
            if (record.value() != null) {
                values.accept(record.value());
            }
        }
        return delivered;
    }

    @Override
    public void close() {
        closing = true;
        Thread follower = thread;
        if (follower == null) {
            consumer.close(CloseOptions.timeout(CLOSE));
            return;
        }
        consumer.wakeup();
        try {
            follower.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
