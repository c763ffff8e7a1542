package dev.understudy.checkpoint;

/**
 * Training records of one partition.
 *
 * @param topic its name
 * @param partition its number
 * @param from first offset read
 * @param until offset behind the last one read
 */
public record OffsetRange(String topic, int partition, long from, long until) {}
