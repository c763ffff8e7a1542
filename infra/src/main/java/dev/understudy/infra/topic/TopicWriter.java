package dev.understudy.infra.topic;

import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of one type to one topic, acknowledged by all replicas. A failed send surfaces at {@link #flush()}.
 * Thread safe; the creator closes it.
 */
public final class TopicWriter<T extends SpecificRecord> implements AutoCloseable {
    private final String topic;
    private final WireCodec<T> codec;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** Connects to the broker. */
    public TopicWriter(String bootstrapServers, String prefix, Topics topic, Class<T> type) {
        this.topic = topic.name(prefix);
        this.codec = WireCodec.of(type);
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true",
                        "linger.ms",
                        "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends without waiting. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback keeps the failure
    public void send(String key, T message) {
        byte[] bytes;
        try {
            bytes = codec.encode(message);
        } catch (WireException e) {
            throw new IllegalArgumentException("Cannot send to " + topic + ": " + e.getMessage(), e);
        }
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), bytes), (metadata, problem) -> {
            if (problem != null) {
                failure.compareAndSet(null, problem);
            }
        });
    }

    /**
     * Waits until everything sent is acknowledged.
     *
     * @throws IllegalStateException when a send failed
     */
    public void flush() {
        producer.flush();
        Exception problem = failure.get();
        if (problem != null) {
            throw new IllegalStateException(
                    "A record was not accepted on " + topic + ": " + problem.getMessage()
                            + ". Check the broker and send again.",
                    problem);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
