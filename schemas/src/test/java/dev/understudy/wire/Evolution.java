package dev.understudy.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Writes records as a program with another schema would have. */
final class Evolution {
    private Evolution() {}

    /** Bytes of the fields that {@code writer} has, under its fingerprint. */
    static byte[] encode(SpecificRecord record, Schema writer) throws IOException {
        SpecificData data = SpecificData.getForClass(record.getClass());
        GenericRecord older = new GenericData.Record(writer);
        for (Schema.Field field : writer.getFields()) {
            older.put(
                    field.pos(),
                    record.get(record.getSchema().getField(field.name()).pos()));
        }
        ByteBuffer encoded = new BinaryMessageEncoder<GenericRecord>(data, writer).encode(older);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }
}
