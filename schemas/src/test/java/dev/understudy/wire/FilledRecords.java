package dev.understudy.wire;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Records of any generated type with every field set from a seed; nullable fields are set too. */
final class FilledRecords {
    private FilledRecords() {}

    /** Every record type that a topic carries, each once, in alphabetical order. */
    static List<Class<? extends SpecificRecord>> types() {
        Map<String, Class<? extends SpecificRecord>> types = new HashMap<>();
        Arrays.stream(Topics.values()).flatMap(t -> t.records().stream()).forEach(t -> types.put(t.getSimpleName(), t));
        List<Class<? extends SpecificRecord>> sorted = new ArrayList<>();
        new TreeSet<>(types.keySet()).forEach(name -> sorted.add(types.get(name)));
        return sorted;
    }

    static <T extends SpecificRecord> T filled(Class<T> type, long seed) {
        SpecificData data = SpecificData.getForClass(type);
        return type.cast(value(data.getSchema(type), data, new SplittableRandom(seed)));
    }

    private static Object value(Schema schema, SpecificData data, SplittableRandom random) {
        if (schema.getLogicalType() != null) {
            return Instant.ofEpochMilli(random.nextLong(2_000_000_000_000L));
        }
        return switch (schema.getType()) {
            case RECORD -> {
                SpecificRecord record = (SpecificRecord) SpecificData.newInstance(data.getClass(schema), schema);
                for (Schema.Field field : schema.getFields()) {
                    record.put(field.pos(), value(field.schema(), data, random));
                }
                yield record;
            }
            case UNION -> value(schema.getTypes().get(1), data, random);
            case ARRAY -> {
                List<Object> values = new ArrayList<>();
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    values.add(value(schema.getElementType(), data, random));
                }
                yield values;
            }
            case MAP -> new HashMap<>(Map.of("key", value(schema.getValueType(), data, random)));
            case ENUM ->
                data.createEnum(
                        schema.getEnumSymbols()
                                .get(random.nextInt(schema.getEnumSymbols().size())),
                        schema);
            case STRING -> "text-é-" + random.nextInt();
            case BYTES -> ByteBuffer.wrap(new byte[] {0, 1, (byte) random.nextInt(), 3});
            case INT -> random.nextInt();
            case LONG -> random.nextLong();
            case FLOAT -> (float) random.nextDouble();
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            default -> throw new IllegalArgumentException("[BUG] no filling for " + schema.getType());
        };
    }
}
