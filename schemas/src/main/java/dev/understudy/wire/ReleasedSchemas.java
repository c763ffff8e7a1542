package dev.understudy.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every schema of a record that was ever released, so that old topics stay readable. They lie beside this class as
 * {@code released/<version>/<Record>.avsc} and are never edited.
 */
final class ReleasedSchemas {
    /** Oldest first. A release adds its name here and its schemas to the folder. */
    static final List<String> VERSIONS = List.of("v1", "v2");

    private ReleasedSchemas() {}

    /** Released schemas of the record with this simple name, oldest first; versions that lacked it are left out. */
    static List<Schema> of(String record) {
        List<Schema> schemas = new ArrayList<>();
        for (String version : VERSIONS) {
            String path = "released/" + version + "/" + record + ".avsc";
            try (InputStream text = ReleasedSchemas.class.getResourceAsStream(path)) {
                if (text != null) {
                    schemas.add(new Schema.Parser().parse(text));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Cannot read the released schema " + path + " from the class path. Rebuild the schemas jar.",
                        e);
            }
        }
        return List.copyOf(schemas);
    }
}
