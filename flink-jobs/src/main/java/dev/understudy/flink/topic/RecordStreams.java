package dev.understudy.flink.topic;

import java.util.List;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** Kafka source and sink of undecoded records, with the settings that the connector gets wrong by default. */
public final class RecordStreams {
    /** Below the broker's default {@code transaction.max.timeout.ms} of 15 minutes; KafkaSink's own default is 1 h. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "600000";

    /**
     * Nobody sees a record before its transaction commits, and a commit sends what lingers: waiting costs no time and
     * saves a request for each completion, whose threads would take turns with the decoding one.
     */
    private static final String IN_TRANSACTION_LINGER_MILLIS = "100";

    private RecordStreams() {}

    /**
     * Reads topics from their beginning and never ends; records of open or aborted transactions are not seen.
     *
     * @param bootstrap brokers, {@code host:port[,host:port]}
     * @param group consumer group under which offsets are shown
     * @param topics full topic names
     */
    public static KafkaSource<TopicRecord> source(String bootstrap, String group, List<String> topics) {
        return KafkaSource.<TopicRecord>builder()
                .setBootstrapServers(bootstrap)
                .setTopics(topics)
                .setGroupId(group)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new TopicRecordSchema())
                .setProperty("isolation.level", "read_committed")
                // With it each split reader registers the same names again: hundreds of warnings.
                .setProperty("register.consumer.metrics", "false")
                .build();
    }

    /**
     * Writes exactly once: a read_committed reader sees a record after the Flink checkpoint that holds it.
     *
     * @param bootstrap brokers, {@code host:port[,host:port]}
     * @param transactionalIdPrefix unique to this sink of this job on the broker
     */
    public static KafkaSink<WireRecord> exactlyOnce(String bootstrap, String transactionalIdPrefix) {
        return KafkaSink.<WireRecord>builder()
                .setBootstrapServers(bootstrap)
                .setRecordSerializer(serializer())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(transactionalIdPrefix)
                .setProperty("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS)
                .setProperty("linger.ms", IN_TRANSACTION_LINGER_MILLIS)
                .build();
    }

    /**
     * Writes at least once: every reader sees a record at once, and after a failure some of them again.
     *
     * @param bootstrap brokers, {@code host:port[,host:port]}
     */
    public static KafkaSink<WireRecord> atLeastOnce(String bootstrap) {
        return KafkaSink.<WireRecord>builder()
                .setBootstrapServers(bootstrap)
                .setRecordSerializer(serializer())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }

    /** Topic and key as the record says; an empty value is a tombstone. */
    private static KafkaRecordSerializationSchema<WireRecord> serializer() {
        return KafkaRecordSerializationSchema.<WireRecord>builder()
                .setTopicSelector((WireRecord record) -> record.topic())
                .setKeySerializationSchema((WireRecord record) -> record.key())
                .setValueSerializationSchema((WireRecord record) -> record.value().length == 0 ? null : record.value())
                .build();
    }
}
