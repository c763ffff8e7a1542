package dev.understudy.wire;

import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Walks an Avro body without building anything.
 *
 * <p>Avro allocates an array or a byte buffer of the size that the bytes claim before it reads the first element: ten
 * bytes can ask for gigabytes. After this walk every claimed element is known to be there, so what decoding allocates
 * is bounded by the size of the message. The skipping methods of Avro's own decoder do not do: they trust the byte
 * count of a block with a negative element count and never see how many elements it claims.
 */
final class BodyCheck {
    private BodyCheck() {}

    /**
     * Checks that the bytes from {@code offset} on are exactly one value of {@code writer}.
     *
     * @throws IOException if the body ends early
     * @throws RuntimeException if it breaks the schema otherwise
     */
    static void walk(Schema writer, byte[] bytes, int offset) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, null);
        value(writer, decoder);
        if (!decoder.isEnd()) {
            throw new IOException("bytes are left over after the last field");
        }
    }

    private static void value(Schema schema, BinaryDecoder decoder) throws IOException {
        switch (schema.getType()) {
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    value(field.schema(), decoder);
                }
            }
            case ARRAY -> {
                for (long left = decoder.readArrayStart(); left > 0; left = decoder.arrayNext()) {
                    for (long i = 0; i < left; i++) {
                        value(schema.getElementType(), decoder);
                    }
                }
            }
            case MAP -> {
                for (long left = decoder.readMapStart(); left > 0; left = decoder.mapNext()) {
                    for (long i = 0; i < left; i++) {
                        decoder.skipString();
                        value(schema.getValueType(), decoder);
                    }
                }
            }
            case UNION -> value(schema.getTypes().get(decoder.readIndex()), decoder);
            case ENUM -> schema.getEnumSymbols().get(decoder.readEnum());
            case FIXED -> decoder.skipFixed(schema.getFixedSize());
            case STRING -> decoder.skipString();
            case BYTES -> decoder.skipBytes();
            case INT -> decoder.readInt();
            case LONG -> decoder.readLong();
            case FLOAT -> decoder.readFloat();
            case DOUBLE -> decoder.readDouble();
            case BOOLEAN -> decoder.readBoolean();
            case NULL -> decoder.readNull();
        }
    }
}
