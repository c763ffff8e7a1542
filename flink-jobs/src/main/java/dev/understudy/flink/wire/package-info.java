/**
 * Between the types of the stages and what crosses Kafka: the only package that touches generated Avro classes. Each
 * stage has its records here, for example {@link dev.understudy.flink.wire.DecodeRecords}; {@code topic} carries them.
 */
@NullMarked
package dev.understudy.flink.wire;

import org.jspecify.annotations.NullMarked;
