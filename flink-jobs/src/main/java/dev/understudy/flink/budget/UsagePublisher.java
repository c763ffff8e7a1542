package dev.understudy.flink.budget;

import dev.understudy.flink.wire.WireRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes usage records outside the sinks' transactions: what a shard has reserved must be readable although the
 * transaction of its checkpoint may be aborted. Sends do not block a snapshot; before a reserve is used, its records
 * must have been acknowledged. Owned by the task thread.
 */
final class UsagePublisher implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final NavigableMap<Long, List<Future<RecordMetadata>>> sent = new TreeMap<>();

    UsagePublisher(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends the records of a checkpoint; an empty value deletes its key. */
    void send(long checkpointId, Collection<WireRecord> records) {
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
        for (WireRecord record : records) {
            byte[] value = record.value().length == 0 ? null : record.value();
            acknowledgements.add(producer.send(new ProducerRecord<>(record.topic(), record.key(), value)));
        }
        sent.put(checkpointId, acknowledgements);
    }

    /**
     * Whether every record up to this checkpoint was acknowledged. A record that failed fails the task: its reserve
     * could never be used again.
     */
    boolean acknowledgedUpTo(long checkpointId) {
        NavigableMap<Long, List<Future<RecordMetadata>>> due = sent.headMap(checkpointId, true);
        for (List<Future<RecordMetadata>> records : due.values()) {
            for (Future<RecordMetadata> record : records) {
                if (!record.isDone()) {
                    return false;
                }
                requireWritten(record);
            }
        }
        due.clear();
        return true;
    }

    private static void requireWritten(Future<RecordMetadata> record) {
        try {
            record.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "Cannot write to the usage topic: " + e.getCause() + ". Check the broker; the task starts again.",
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while usage was written.", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
