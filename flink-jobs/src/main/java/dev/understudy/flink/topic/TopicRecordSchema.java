package dev.understudy.flink.topic;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Keeps where a record stood, so that a checkpoint's manifest can name the offsets it learnt from, and leaves decoding
 * to the operator, where a bad record can be counted instead of failing the source. Tombstones are passed over.
 */
final class TopicRecordSchema implements KafkaRecordDeserializationSchema<TopicRecord> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<TopicRecord> out) {
        if (record.value() != null) {
            out.collect(new TopicRecord(record.topic(), record.partition(), record.offset(), record.value()));
        }
    }

    @Override
    public TypeInformation<TopicRecord> getProducedType() {
        return TypeInformation.of(TopicRecord.class);
    }
}
