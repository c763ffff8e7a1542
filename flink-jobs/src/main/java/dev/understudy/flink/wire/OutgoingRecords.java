package dev.understudy.flink.wire;

import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.WireRecord;
import dev.understudy.wire.RecordKeys;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Encodes records for their topics, with the key that each topic wants. Not thread safe; owned by one task thread. */
final class OutgoingRecords {
    private static final byte[] NO_KEY = {};

    private final KafkaAccess kafka;
    private final Map<Topics, WireCodec<SpecificRecord>> codecs = new EnumMap<>(Topics.class);

    OutgoingRecords(KafkaAccess kafka) {
        this.kafka = kafka;
    }

    /** The record on its way to {@code topic}. A record that breaks its own schema is a bug and throws. */
    WireRecord of(Topics topic, SpecificRecord value) {
        byte[] key = RecordKeys.bytes(value);
        try {
            byte[] encoded = codecs.computeIfAbsent(topic, WireCodec::of).encode(value);
            return new WireRecord(kafka.name(topic), key == null ? NO_KEY : key, encoded);
        } catch (WireException e) {
            throw new IllegalStateException("[BUG] cannot encode a record for topic " + topic, e);
        }
    }
}
