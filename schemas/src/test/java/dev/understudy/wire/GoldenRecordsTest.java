package dev.understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a released version wrote stays readable for ever. A release adds its name to {@link ReleasedSchemas#VERSIONS}
 * and runs {@code mvn -pl schemas test -Dtest=GoldenRecordsTest -Dgolden.write=v2} once; the files of earlier versions
 * are never touched again.
 */
class GoldenRecordsTest {
    private static final long SEED = 2024;
    private static final Path MAIN = Path.of("src/main/resources/dev/understudy/wire/released");
    private static final Path TEST = Path.of("src/test/resources/golden");

    static List<Class<? extends SpecificRecord>> types() {
        return FilledRecords.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyReleasedRecordIsStillReadable(Class<? extends SpecificRecord> type) throws IOException {
        int read = 0;
        for (String version : ReleasedSchemas.VERSIONS) {
            try (InputStream golden = GoldenRecordsTest.class.getResourceAsStream(
                    "/golden/" + version + "/" + type.getSimpleName() + ".bin")) {
                if (golden != null) {
                    SpecificRecord record = WireCodec.of(type).decode(golden.readAllBytes());
                    assertThat(RecordKeys.of(record)).isNotBlank();
                    read++;
                }
            }
        }
        assertThat(read).as("golden records of " + type.getSimpleName()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("types")
    void theCurrentSchemaReadsEveryReleasedOne(Class<? extends SpecificRecord> type) {
        List<Schema> newestFirst = new ArrayList<>(ReleasedSchemas.of(type.getSimpleName()));
        assertThat(newestFirst).as("released schemas").isNotEmpty();
        Collections.reverse(newestFirst);
        assertThatCode(() -> backwardTransitive().validate(current(type), newestFirst))
                .doesNotThrowAnyException();
    }

    @Test
    void theCheckSeesAFieldWithoutDefault() {
        Schema current = current(FilledRecords.types().get(0));
        Schema changed = Schema.createRecord(current.getName(), null, current.getNamespace(), false);
        changed.setFields(List.of(new Schema.Field("novelty", Schema.create(Schema.Type.STRING))));
        assertThatThrownBy(() -> backwardTransitive().validate(changed, List.of(current)))
                .isInstanceOf(SchemaValidationException.class);
    }

    private static SchemaValidator backwardTransitive() {
        return new SchemaValidatorBuilder().canReadStrategy().validateAll();
    }

    private static Schema current(Class<? extends SpecificRecord> type) {
        return SpecificData.getForClass(type).getSchema(type);
    }

    @ParameterizedTest
    @MethodSource("types")
    @EnabledIfSystemProperty(named = "golden.write", matches = "v\\d+")
    void writesTheFilesOfARelease(Class<? extends SpecificRecord> type) throws IOException {
        String version = System.getProperty("golden.write");
        Files.createDirectories(MAIN.resolve(version));
        Files.createDirectories(TEST.resolve(version));
        Files.writeString(
                MAIN.resolve(version).resolve(type.getSimpleName() + ".avsc"),
                SchemaFormatter.format("json/pretty", current(type)) + "\n",
                StandardCharsets.UTF_8);
        Files.write(TEST.resolve(version).resolve(type.getSimpleName() + ".bin"), encoded(type));
    }

    private static <T extends SpecificRecord> byte[] encoded(Class<T> type) throws IOException {
        return WireCodec.of(type).encode(FilledRecords.filled(type, SEED));
    }
}
