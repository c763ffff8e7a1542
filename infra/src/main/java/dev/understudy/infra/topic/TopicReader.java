package dev.understudy.infra.topic;

import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Follows topics on a thread of its own and hands every committed record to one listener, in order within a partition.
 * Reads without a group, so that it disturbs nobody. The creator closes it.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, WireCodec<SpecificRecord>> codecs = new HashMap<>();
    private final Consumer<SpecificRecord> listener;
    private final Thread thread;
    private volatile boolean closing;
    private volatile long undecodable;

    /** Where to start in the topics. */
    public enum Start {
        BEGINNING,
        END
    }

    /** Starts reading. The listener is called on the reader's thread. */
    public TopicReader(
            String bootstrapServers,
            String prefix,
            List<Topics> topics,
            Start start,
            Consumer<SpecificRecord> listener) {
        this.listener = listener;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        for (Topics topic : topics) {
            codecs.put(topic.name(prefix), WireCodec.of(topic));
        }
        List<TopicPartition> partitions = codecs.keySet().stream()
                .flatMap(name -> consumer.partitionsFor(name).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        if (start == Start.BEGINNING) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        }
        thread = new Thread(this::run, "topic-reader");
        thread.setDaemon(true);
        thread.start();
    }

    /** Records that could not be decoded; they are counted, never guessed at. */
    public long undecodable() {
        return undecodable;
    }

    private void run() {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    deliver(message);
                }
            }
        } catch (WakeupException | InterruptException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    // Only this reader's thread writes the counter; volatile is for the others that read it.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void deliver(ConsumerRecord<byte[], byte[]> message) {
        WireCodec<SpecificRecord> codec = codecs.get(message.topic());
        if (codec == null || message.value() == null) {
            return;
        }
        SpecificRecord decoded;
        try {
            decoded = codec.decode(message.value());
        } catch (WireException e) {
            undecodable++;
            return;
        }
        listener.accept(decoded);
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
