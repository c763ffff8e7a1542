package dev.understudy.wire;

import dev.understudy.wire.WireException.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro single-object encoding of generated records: two marker bytes, the fingerprint of the writer's schema, the body.
 * Reads what any released version wrote. A codec of several types tells them apart by the fingerprint.
 *
 * <p>Bytes from outside are data: decoding garbage throws {@link WireException} and allocates no more than a small
 * multiple of the message. Thread-safe.
 *
 * @param <T> the generated record class, or their common supertype
 */
public final class WireCodec<T extends SpecificRecord> {
    /** Largest message that is written or read unless said otherwise, bytes; what a Kafka broker takes by default. */
    public static final int DEFAULT_MAX_BYTES = 1_000_000;

    private static final int HEADER = 10;

    private record Reader<T>(Schema writer, BinaryMessageDecoder<T> decoder) {}

    private final String names;
    private final int maxBytes;
    private final Map<Schema, BinaryMessageEncoder<T>> encoders = new HashMap<>();
    private final Map<Long, Reader<T>> readers = new HashMap<>();

    private WireCodec(List<Class<? extends T>> types, int maxBytes, Collection<Schema> olderWriters) {
        this.maxBytes = maxBytes;
        this.names = String.join(", ", types.stream().map(Class::getSimpleName).toList());
        for (Class<? extends T> type : types) {
            register(type, olderWriters);
        }
    }

    /** Codec of one record type. */
    public static <T extends SpecificRecord> WireCodec<T> of(Class<T> type) {
        return new WireCodec<>(List.of(type), DEFAULT_MAX_BYTES, List.of());
    }

    /**
     * Codec of one record type with another bound.
     *
     * @param maxBytes largest message, bytes, at least 10
     */
    public static <T extends SpecificRecord> WireCodec<T> of(Class<T> type, int maxBytes) {
        if (maxBytes < HEADER) {
            throw new IllegalArgumentException(
                    "Message bound is " + maxBytes + " bytes; expected at least " + HEADER + ", the header. Raise it.");
        }
        return new WireCodec<>(List.of(type), maxBytes, List.of());
    }

    /** Codec of all record types that a topic carries. */
    public static WireCodec<SpecificRecord> of(Topics topic) {
        return new WireCodec<>(topic.records(), DEFAULT_MAX_BYTES, List.of());
    }

    /** Codec that also reads the given schemas; released ones are known anyway. */
    static <T extends SpecificRecord> WireCodec<T> reading(Class<T> type, Collection<Schema> olderWriters) {
        return new WireCodec<>(List.of(type), DEFAULT_MAX_BYTES, olderWriters);
    }

    private void register(Class<? extends T> type, Collection<Schema> olderWriters) {
        // The model of the generated class, not SpecificData.get(): only the former knows the logical types.
        SpecificData data = SpecificData.getForClass(type);
        Schema current = data.getSchema(type);
        encoders.put(current, new BinaryMessageEncoder<>(data, current));
        BinaryMessageDecoder<T> decoder = new BinaryMessageDecoder<>(data, current);
        List<Schema> writers = new ArrayList<>(ReleasedSchemas.of(type.getSimpleName()));
        writers.addAll(olderWriters);
        writers.add(current);
        for (Schema writer : writers) {
            decoder.addSchema(writer);
            readers.put(SchemaNormalization.parsingFingerprint64(writer), new Reader<>(writer, decoder));
        }
    }

    /**
     * The bytes of one record.
     *
     * @throws WireException if a field violates the schema or the message is larger than the bound
     */
    public byte[] encode(T message) throws WireException {
        BinaryMessageEncoder<T> encoder = encoders.get(message.getSchema());
        if (encoder == null) {
            throw new WireException(
                    Fault.INVALID,
                    "Cannot write a " + message.getSchema().getName() + " here; expected " + names
                            + ". Send it to its own topic.");
        }
        byte[] bytes = bytes(encoder, message);
        if (bytes.length > maxBytes) {
            throw new WireException(
                    Fault.TOO_LARGE,
                    "Cannot write " + message.getSchema().getName() + ": it takes " + bytes.length
                            + " bytes; the bound is " + maxBytes + ". Shorten it, or raise the bound of writer, "
                            + "broker and readers.");
        }
        return bytes;
    }

    private byte[] bytes(BinaryMessageEncoder<T> encoder, T message) throws WireException {
        try {
            ByteBuffer encoded = encoder.encode(message);
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (IOException | RuntimeException e) {
            throw new WireException(
                    Fault.INVALID,
                    "Cannot write " + message.getSchema().getName() + ": " + e.getMessage()
                            + ". Set every field that has no default.",
                    e);
        }
    }

    /**
     * The record in the given bytes.
     *
     * @throws WireException if they are not a record of this codec's types
     */
    public T decode(byte[] bytes) throws WireException {
        if (bytes.length > maxBytes) {
            throw new WireException(
                    Fault.TOO_LARGE,
                    "Cannot read " + names + ": the message has " + bytes.length + " bytes; the bound is " + maxBytes
                            + ". Send a smaller one, or raise the bound.");
        }
        Reader<T> reader = reader(bytes);
        try {
            BodyCheck.walk(reader.writer(), bytes, HEADER);
            return reader.decoder().decode(bytes);
        } catch (IOException | RuntimeException e) {
            throw new WireException(
                    Fault.CORRUPT,
                    "Cannot read " + reader.writer().getName() + " of " + bytes.length + " bytes: " + e.getMessage()
                            + ". The header is right and the body is not: find the writer that cut or changed it.",
                    e);
        }
    }

    private Reader<T> reader(byte[] bytes) throws WireException {
        if (bytes.length < HEADER || bytes[0] != (byte) 0xC3 || bytes[1] != 1) {
            throw new WireException(
                    Fault.FOREIGN,
                    "Cannot read " + names + ": " + bytes.length
                            + " bytes do not begin with the marker c3 01 and a fingerprint. Encode with Avro's "
                            + "single-object encoding.");
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        Reader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            throw new WireException(
                    Fault.UNKNOWN_SCHEMA,
                    "Cannot read " + names + ": no schema here has the fingerprint " + Long.toHexString(fingerprint)
                            + ". Upgrade this reader before its writers, or check the topic.");
        }
        return reader;
    }
}
