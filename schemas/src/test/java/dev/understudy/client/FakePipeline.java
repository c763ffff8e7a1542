package dev.understudy.client;

import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import dev.understudy.wire.decode.StopReason;
import dev.understudy.wire.prompt.PromptSubmitted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Stands in for the serving job: answers each prompt with its text in capitals. As a job after a failure does, it first
 * aborts a transaction with a wrong answer and writes the right one twice.
 */
final class FakePipeline implements AutoCloseable {
    private final WireCodec<PromptSubmitted> prompts = WireCodec.of(PromptSubmitted.class);
    private final WireCodec<CompletionProduced> completions = WireCodec.of(CompletionProduced.class);
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final String answers;
    private final Thread thread = new Thread(this::serve, "fake-pipeline");
    private volatile boolean closed;

    FakePipeline(String bootstrapServers, String prefix) {
        answers = Topics.COMPLETIONS.name(prefix);
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        "fake-pipeline-" + prefix,
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "transactional.id",
                        UUID.randomUUID().toString()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        consumer.subscribe(List.of(Topics.PROMPTS.name(prefix)));
        thread.start();
    }

    private void serve() {
        while (!closed) {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> answer(record.value()));
        }
        consumer.close();
        producer.close();
    }

    private void answer(byte[] bytes) {
        try {
            PromptSubmitted prompt = prompts.decode(bytes);
            producer.beginTransaction();
            write(prompt.getId(), "never committed");
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            write("junk", "junk".getBytes(StandardCharsets.UTF_8));
            write(prompt.getId(), prompt.getText().toUpperCase(Locale.ROOT));
            write(prompt.getId(), "a repeat");
            producer.commitTransaction();
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String id, String text) throws WireException {
        CompletionProduced completion = CompletionProduced.newBuilder()
                .setId(id)
                .setTenant("acme")
                .setWorkload("intake")
                .setPromptIds(List.of(1))
                .setText(text)
                .setTokenIds(List.of(2))
                .setAuthors(ByteBuffer.allocate(1))
                .setStudentVersion("ckpt-1")
                .setStopReason(StopReason.END_TOKEN)
                .setHelpState(HelpState.NOT_ASKED)
                .setSubmittedAt(Instant.EPOCH)
                .setFinishedAt(Instant.EPOCH)
                .build();
        write(id, completions.encode(completion));
    }

    private void write(String key, byte[] value) {
        var unused = producer.send(new ProducerRecord<>(answers, key.getBytes(StandardCharsets.UTF_8), value));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
