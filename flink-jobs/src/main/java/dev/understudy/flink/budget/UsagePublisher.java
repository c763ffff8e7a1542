package dev.understudy.flink.budget;

import dev.understudy.flink.topic.WireRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes usage records outside the sinks' transactions: what a shard has reserved must be readable although the
 * transaction of its checkpoint may be aborted. Owned by the task thread.
 *
 * <p>A snapshot waits until the broker has its records, as the sinks' own snapshots do. Were they only on their way
 * when the checkpoint completes, a job that is stopped then and started from an older savepoint could read the topic
 * before they arrive, while a subtask that was replaced and does not know it spends what they reserve.
 */
final class UsagePublisher implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    UsagePublisher(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Writes records; an empty value deletes its key. A record that cannot be written fails the task. */
    void write(Collection<WireRecord> records) {
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
        for (WireRecord record : records) {
            byte[] value = record.value().length == 0 ? null : record.value();
            acknowledgements.add(producer.send(new ProducerRecord<>(record.topic(), record.key(), value)));
        }
        acknowledgements.forEach(UsagePublisher::requireWritten);
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
