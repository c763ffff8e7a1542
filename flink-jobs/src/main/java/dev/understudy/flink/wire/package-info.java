/**
 * Between the stages' own types and what crosses Kafka: the only package that touches generated Avro classes, and the
 * wiring of sources, sinks and followed topics. Used by every stage; entry types
 * {@link dev.understudy.flink.wire.WireRecord} and {@link dev.understudy.flink.wire.TopicFollower}.
 */
@NullMarked
package dev.understudy.flink.wire;

import org.jspecify.annotations.NullMarked;
