package dev.understudy.flink.topic;

/**
 * One Kafka record as it lies in its topic: a Flink type (no generated class crosses an edge of the graph). The array
 * is not copied; nobody modifies it.
 *
 * @param topic full topic name, prefix included
 * @param partition partition number, at least 0
 * @param offset offset in the partition, at least 0
 * @param value the record's bytes in wire format
 */
public record TopicRecord(String topic, int partition, long offset, byte[] value) {}
