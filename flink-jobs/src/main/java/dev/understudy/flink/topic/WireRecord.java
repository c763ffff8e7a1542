package dev.understudy.flink.topic;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * One encoded record on its way to Kafka. All outputs of an operator travel as this one type, so that one transaction a
 * checkpoint holds a completion together with its signal. The arrays are not copied; nobody modifies them.
 *
 * @param topic full topic name, prefix included
 * @param key record key; empty for a record without key
 * @param value Avro single-object encoding
 */
public record WireRecord(String topic, byte[] key, byte[] value) {
    /** How Flink moves it between tasks; not the generic serializer. */
    public static TypeInformation<WireRecord> type() {
        return Types.POJO(WireRecord.class);
    }
}
