package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.broker.EmbeddedBroker;
import dev.understudy.wire.RecordKeys;
import dev.understudy.wire.TopicSetup;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** One broker and one Flink cluster for all tests of a class; each test takes topics under a prefix of its own. */
final class Pipeline implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final EmbeddedBroker broker;
    private final MiniCluster cluster;
    private int replaced;

    /** Two slots. */
    Pipeline() throws Exception {
        this(new Configuration(), 2);
    }

    /** The adaptive scheduler, which changes the parallelism of running jobs without waiting for more slots. */
    static Pipeline rescalable(int slots) throws Exception {
        Configuration flink = new Configuration();
        flink.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Adaptive);
        flink.set(JobManagerOptions.SCHEDULER_SUBMISSION_RESOURCE_STABILIZATION_TIMEOUT, Duration.ZERO);
        flink.set(JobManagerOptions.SCHEDULER_EXECUTING_RESOURCE_STABILIZATION_TIMEOUT, Duration.ZERO);
        flink.set(JobManagerOptions.SCHEDULER_EXECUTING_COOLDOWN_AFTER_RESCALING, Duration.ZERO);
        return new Pipeline(flink, slots);
    }

    private Pipeline(Configuration flink, int slots) throws Exception {
        broker = EmbeddedBroker.start();
        flink.set(RestOptions.BIND_PORT, "0");
        flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        cluster.start();
    }

    /** Takes the task manager away, with everything that runs in it, and puts a fresh one in its place. */
    void replaceTaskManager() throws Exception {
        // The cluster counts the dead ones too: ending an index twice does nothing.
        cluster.terminateTaskManager(replaced).get();
        replaced++;
        cluster.startTaskManager();
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    void createTopics(String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            new TopicSetup(prefix, (short) 1, Map.of(Topics.PROMPTS, 2, Topics.COMPLETIONS, 2, Topics.SIGNALS, 1))
                    .createOrCheck(admin);
        }
    }

    /** Starts the job; close it to cancel. */
    RunningJob start(WordJob job) throws Exception {
        return start(job.config(bootstrapServers()));
    }

    /** Starts the job; close it to cancel. */
    RunningJob start(ServingConfig config) throws Exception {
        JobGraph graph = ServingGraph.of(config).getJobGraph();
        cluster.submitJob(graph).get();
        return new RunningJob(cluster, graph);
    }

    void send(String prefix, Topics topic, List<? extends SpecificRecord> values) throws Exception {
        WireCodec<SpecificRecord> codec = WireCodec.of(topic);
        List<byte[]> encoded = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (SpecificRecord value : values) {
            encoded.add(codec.encode(value));
            keys.add(RecordKeys.bytes(value));
        }
        sendBytes(topic.name(prefix), keys, encoded);
    }

    void sendBytes(String topic, List<byte[]> keys, List<byte[]> values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, keys.get(i), values.get(i))));
            }
            for (Future<RecordMetadata> acknowledged : sent) {
                acknowledged.get();
            }
        }
    }

    /** Committed records of a topic, once there are at least {@code count}; all that are there by then. */
    <T extends SpecificRecord> List<T> await(String prefix, Topics topic, Class<T> type, int count) {
        List<T> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic.name(prefix), "read_committed")) {
            Awaitility.await("records of " + topic).atMost(PATIENCE).untilAsserted(() -> {
                poll(consumer, topic, type, all);
                // Not the records themselves: a failure would print hundreds of them.
                assertThat(all.size()).isGreaterThanOrEqualTo(count);
            });
        }
        return all;
    }

    /** Committed records of a topic now. */
    <T extends SpecificRecord> List<T> now(String prefix, Topics topic, Class<T> type) throws IOException {
        return now(prefix, topic, type, "read_committed");
    }

    /** Waits until a transaction that is not committed holds that many records of a topic, at least. */
    <T extends SpecificRecord> void awaitUncommitted(String prefix, Topics topic, Class<T> type, int count) {
        Awaitility.await("uncommitted records of " + topic).atMost(PATIENCE).until(() -> {
            int committed = now(prefix, topic, type).size();
            return now(prefix, topic, type, "read_uncommitted").size() >= committed + count;
        });
    }

    private <T extends SpecificRecord> List<T> now(String prefix, Topics topic, Class<T> type, String isolation)
            throws IOException {
        List<T> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic.name(prefix), isolation)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                poll(consumer, topic, type, all);
            }
        }
        return all;
    }

    private static <T extends SpecificRecord> void poll(
            KafkaConsumer<byte[], byte[]> consumer, Topics topic, Class<T> type, List<T> all) throws IOException {
        WireCodec<SpecificRecord> codec = WireCodec.of(topic);
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.value() != null) {
                SpecificRecord value = codec.decode(record.value());
                if (type.isInstance(value)) {
                    all.add(type.cast(value));
                }
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String topic, String isolation) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "isolation.level",
                        isolation,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
        broker.close();
    }
}
