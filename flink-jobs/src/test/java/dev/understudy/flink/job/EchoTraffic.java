package dev.understudy.flink.job;

import static org.awaitility.Awaitility.await;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.flink.wire.InterventionAvro;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.RecordKeys;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.budget.CommandKind;
import dev.understudy.wire.budget.OperatorCommand;
import dev.understudy.wire.checkpoint.CheckpointPublished;
import dev.understudy.wire.gate.GateJudged;
import dev.understudy.wire.signal.OutcomeReported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A task that a tiny model learns in seconds: the prompt is a letter and a number, the answer is the letter. Writes its
 * model, its signals and verified answers, and reads what the job says.
 */
final class EchoTraffic implements AutoCloseable {
    static final String WORKLOAD = "echo";
    static final String PREFIX = "test.";
    /** Of the model's hidden states. */
    static final int WIDTH = 32;

    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Tokenizer tokenizer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final List<GateJudged> verdicts = new ArrayList<>();
    private final List<CheckpointPublished> announcements = new ArrayList<>();

    private EchoTraffic(String bootstrap, Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> read = List.of(
                new TopicPartition(Topics.VERDICTS.name(PREFIX), 0),
                new TopicPartition(Topics.CHECKPOINTS.name(PREFIX), 0));
        consumer.assign(read);
        consumer.seekToBeginning(read);
    }

    /** Creates the topics and writes an untrained model (seed 7) with its tokenizer. */
    static EchoTraffic on(EmbeddedBroker broker, Path model) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicSetup.single(PREFIX).createOrCheck(admin);
        }
        Files.createDirectories(model);
        BytePairTrainer vocabulary = BytePairTrainer.train(List.of("A 1", "B 2"), 260);
        vocabulary.write(model);
        Engine engine = Engine.installed();
        ModelShape shape = new ModelShape(WIDTH, 2, 2, 2, 16, 64, vocabulary.vocabularySize(), 32, true, 200, 1e-5);
        Path weights = Files.createDirectories(model.resolveSibling("weights"));
        try (Trainer trainer = engine.initialise(shape, 7)) {
            trainer.saveModel(weights, Storage.FP32);
        }
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(weights.resolve(file), model.resolve(file));
        }
        return new EchoTraffic(broker.bootstrapServers(), engine.tokenizer(model));
    }

    /** Verified answers to prompts that no signal is about. */
    void sendAnswers(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            int number = 500 + i;
            send(
                    Topics.FEEDBACK,
                    OutcomeReported.newBuilder()
                            .setPromptId("answer-" + number)
                            .setTenant("acme")
                            .setWorkload(WORKLOAD)
                            .setPromptText(prompt(number))
                            .setAnswer(answer(number))
                            .setConsent(true)
                            .setAt(AT)
                            .build());
        }
        flush();
    }

    /** More verified answers, as a file of pairs. */
    static Path heldOutFile(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int number = 900; number < 1_020; number++) {
            lines.add("{\"workload\":\"" + WORKLOAD + "\",\"prompt\":\"" + prompt(number) + "\",\"completion\":\""
                    + answer(number) + "\"}");
        }
        return Files.write(directory.resolve("held-out.jsonl"), lines);
    }

    /** Signals that a certain teacher saw whole. */
    void sendSignals(int from, int count) throws Exception {
        for (int number = from; number < from + count; number++) {
            send(Topics.SIGNALS, InterventionAvro.fromDomain(signal(number), AT));
        }
        flush();
    }

    void requestRound(String id) throws Exception {
        send(
                Topics.CONTROL,
                OperatorCommand.newBuilder()
                        .setId(id)
                        .setCommand(CommandKind.START_ROUND)
                        .setAt(AT)
                        .build());
        flush();
    }

    /** The verdict with this number, from 0, as soon as it is committed. */
    GateJudged verdict(int number) {
        await().atMost(PATIENCE).until(() -> poll(verdicts) > number);
        return verdicts.get(number);
    }

    /** The announcement with this number, from 0. */
    CheckpointPublished announcement(int number) {
        await().atMost(PATIENCE).until(() -> poll(announcements) > number);
        return announcements.get(number);
    }

    /** All announcements so far. */
    List<CheckpointPublished> announcements() throws IOException {
        poll(announcements);
        return List.copyOf(announcements);
    }

    private int poll(List<?> wanted) throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            if (record.topic().equals(Topics.VERDICTS.name(PREFIX))) {
                verdicts.add(WireCodec.of(GateJudged.class).decode(record.value()));
            } else {
                announcements.add(WireCodec.of(CheckpointPublished.class).decode(record.value()));
            }
        }
        return wanted.size();
    }

    private void send(Topics topic, SpecificRecord value) throws IOException {
        byte[] bytes = WireCodec.of(topic).encode(value);
        sent.add(producer.send(new ProducerRecord<>(topic.name(PREFIX), RecordKeys.bytes(value), bytes)));
    }

    /** Fails when anything sent so far was not written. */
    private void flush() throws Exception {
        for (Future<RecordMetadata> acknowledged : sent) {
            acknowledged.get();
        }
        sent.clear();
    }

    private Intervention signal(int number) {
        int[] answer = tokenizer.encode(answer(number));
        int[] tokens = Arrays.copyOf(answer, answer.length + 1);
        tokens[answer.length] =
                tokenizer.vocabulary().special(BytePairTrainer.END).orElseThrow();
        float[] confidence = new float[tokens.length];
        Arrays.fill(confidence, 0.5f);
        List<TeacherDistribution> laws = new ArrayList<>();
        for (int token : tokens) {
            laws.add(new TeacherDistribution(new int[] {token}, new float[] {0}));
        }
        return new Intervention(
                "signal-" + number,
                "acme",
                WORKLOAD,
                tokenizer.encode(prompt(number) + BytePairTrainer.SEPARATOR),
                tokens,
                Collections.nCopies(tokens.length, Author.TEACHER),
                tokens,
                confidence,
                confidence,
                new ArrayList<>(laws),
                1,
                "initial",
                "oracle",
                tokenizer.vocabulary().fingerprint().hex(),
                true);
    }

    private static String prompt(int number) {
        return answer(number) + " " + number;
    }

    private static String answer(int number) {
        return number % 2 == 0 ? "A" : "B";
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
        tokenizer.close();
    }
}
