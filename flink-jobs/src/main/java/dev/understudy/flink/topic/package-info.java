/**
 * Kafka as the jobs use it: access, sources, exactly-once sinks and followed topics, of bytes that {@code wire} makes
 * and reads. Entry types {@link dev.understudy.flink.topic.RecordStreams} and
 * {@link dev.understudy.flink.topic.TopicFollower}.
 */
@NullMarked
package dev.understudy.flink.topic;

import org.jspecify.annotations.NullMarked;
