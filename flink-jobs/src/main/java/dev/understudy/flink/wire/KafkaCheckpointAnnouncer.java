package dev.understudy.flink.wire;

import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.flink.checkpoint.CheckpointAnnouncer;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.wire.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Announces on the compacted {@code checkpoints} topic, key = id, acknowledged by all replicas. Outside of Flink's
 * transactions: those commit in no order relative to the rename, and a repeat costs nothing.
 */
public final class KafkaCheckpointAnnouncer implements CheckpointAnnouncer {
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final OutgoingRecords records;
    private final KafkaProducer<byte[], byte[]> producer;

    /** Opens a producer. */
    public KafkaCheckpointAnnouncer(KafkaAccess kafka) {
        records = new OutgoingRecords(kafka);
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "acks", "all",
                        "enable.idempotence", "true"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void announce(CheckpointManifest manifest, Path directory) throws IOException {
        WireRecord record = records.of(Topics.CHECKPOINTS, ManifestAvro.fromDomain(manifest, directory.toUri()));
        try {
            producer.send(new ProducerRecord<>(record.topic(), record.key(), record.value()))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while announcing checkpoint " + manifest.id(), e);
        } catch (ExecutionException e) {
            throw new IOException(
                    "Cannot announce checkpoint " + manifest.id() + " on " + record.topic() + ": "
                            + e.getCause()
                            + ". It is published; the announcement is sent again after the restart.",
                    e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
