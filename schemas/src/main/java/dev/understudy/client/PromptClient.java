package dev.understudy.client;

import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.prompt.PromptSubmitted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends prompts and hands back their completions.
 *
 * <p>A prompt is written once (idempotent producer, all replicas). A completion is taken from committed transactions
 * only; a repeat, which a job writes after it was restored from an old savepoint, is dropped. One thread of its own
 * reads; it sees every completion of the pipeline from the moment the client was opened and keeps what was asked for
 * here. Thread-safe. Futures complete on the reading thread: continue elsewhere if that takes long.
 */
public final class PromptClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PromptClient.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final String promptsTopic;
    private final WireCodec<PromptSubmitted> prompts = WireCodec.of(PromptSubmitted.class);
    private final WireCodec<CompletionProduced> completions = WireCodec.of(CompletionProduced.class);
    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, CompletableFuture<CompletionProduced>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread reader;
    private volatile boolean closed;

    private PromptClient(String prefix, Producer<byte[], byte[]> producer, Consumer<byte[], byte[]> consumer) {
        this.promptsTopic = Topics.PROMPTS.name(prefix);
        this.producer = producer;
        this.consumer = consumer;
        this.reader = new Thread(this::read, "prompt-client-completions");
        this.reader.setDaemon(true);
    }

    /**
     * A connected client. The topics must be there.
     *
     * @param bootstrapServers brokers as {@code host:port,…}
     * @param prefix prefix of the pipeline's topics; may be empty
     */
    public static PromptClient connect(String bootstrapServers, String prefix) {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        try {
            seekToNow(consumer, Topics.COMPLETIONS.name(prefix));
            PromptClient client = new PromptClient(prefix, producer(bootstrapServers), consumer);
            client.reader.start();
            return client;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static Producer<byte[], byte[]> producer(String bootstrapServers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Positions are asked for now: a completion that is written right after the first send must not be missed. */
    private static void seekToNow(Consumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("Cannot wait for completions: there is no topic " + topic
                    + ". Start the serving job, which creates it, or check topics.prefix.");
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /**
     * Sends a prompt. The future completes with its completion, or exceptionally when it cannot be written or the
     * client closes first; it has no time limit of its own. A rejected prompt never completes: set a limit with
     * {@link CompletableFuture#orTimeout}. Cancelling it only stops the waiting.
     *
     * @throws IllegalStateException if the id is already awaited here or the client is closed
     */
    public CompletableFuture<CompletionProduced> send(PromptSubmitted prompt) {
        String id = prompt.getId();
        CompletableFuture<CompletionProduced> future = new CompletableFuture<>();
        if (waiting.putIfAbsent(id, future) != null) {
            throw new IllegalStateException("Cannot send prompt " + id
                    + ": it is already awaited. Wait for its completion, or choose another id.");
        }
        var unusedStage = future.whenComplete((completion, failure) -> waiting.remove(id, future));
        if (closed) {
            future.completeExceptionally(closedFailure(id));
            return future;
        }
        try {
            byte[] key = id.getBytes(StandardCharsets.UTF_8);
            var unusedMetadata = producer.send(
                    new ProducerRecord<>(promptsTopic, key, prompts.encode(prompt)), (written, failure) -> {
                        if (failure != null) {
                            future.completeExceptionally(failure);
                        }
                    });
        } catch (WireException | RuntimeException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    /** Waits until every prompt sent so far is acknowledged by the broker or has failed. */
    public void flush() {
        producer.flush();
    }

    /** Prompts sent here whose completion has not come. */
    public int awaited() {
        return waiting.size();
    }

    /** Completions dropped so far: repeats, and answers to prompts that were sent by others. */
    public long dropped() {
        return dropped.get();
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    accept(record);
                }
            }
        } catch (WakeupException e) {
            LOG.debug("Woken to close");
        } catch (RuntimeException e) {
            LOG.error("Completions are no longer read: {}. Open a new client.", e.getMessage(), e);
            failAll(e);
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            CompletionProduced completion = completions.decode(record.value());
            CompletableFuture<CompletionProduced> future = waiting.get(completion.getId());
            if (future == null || !future.complete(completion)) {
                dropped.incrementAndGet();
            }
        } catch (WireException e) {
            LOG.warn("Skipped {}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
        }
    }

    private void failAll(Throwable cause) {
        closed = true;
        waiting.values().forEach(future -> future.completeExceptionally(cause));
    }

    private static IllegalStateException closedFailure(String id) {
        return new IllegalStateException("Nobody waits for prompt " + id
                + " any more: the client is closed. The pipeline may still answer; read the completions topic.");
    }

    /** Stops reading and fails what is still awaited. Prompts already sent stay sent. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        producer.close(CLOSE);
        try {
            reader.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        waiting.forEach((id, future) -> future.completeExceptionally(closedFailure(id)));
    }
}
