package dev.understudy.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * The certificate of a published checkpoint, kept as {@code manifest.json} in its directory.
 *
 * @param id its name
 * @param contents files and proof
 * @param origin parent, verdict, data and code
 */
public record CheckpointManifest(CheckpointId id, Contents contents, Origin origin) {
    /** Name of the manifest in a checkpoint's directory. */
    public static final String FILE_NAME = "manifest.json";

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = mapper();

    /** Canonical JSON: same manifest, same bytes. */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
        json.put("id", id.value());
        json.set("contents", JSON.valueToTree(contents));
        json.set("origin", JSON.valueToTree(origin));
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        try {
            return JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(indent))
                            .writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("[BUG] manifest of " + id + " has no JSON", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws CheckpointRejectedException when a field is missing, unknown or malformed
     */
    public static CheckpointManifest fromJson(String json) {
        try {
            if (!(JSON.readTree(json) instanceof ObjectNode object)) {
                throw new CheckpointRejectedException(
                        "Checkpoint manifest is not a JSON object. Publish the checkpoint again.");
            }
            JsonNode format = object.remove("format");
            if (format == null || format.asInt() != FORMAT) {
                throw new CheckpointRejectedException("Checkpoint manifest has format " + format
                        + "; this build reads format " + FORMAT + ". Use the build that published it.");
            }
            return JSON.treeToValue(object, CheckpointManifest.class);
        } catch (JsonProcessingException e) {
            throw new CheckpointRejectedException(
                    "Cannot read the checkpoint manifest: " + e.getOriginalMessage()
                            + ". Publish the checkpoint again.",
                    e);
        }
    }

    private static ObjectMapper mapper() {
        SimpleModule names = new SimpleModule()
                .addSerializer(CheckpointId.class, ToStringSerializer.instance)
                .addSerializer(Instant.class, ToStringSerializer.instance)
                .addDeserializer(CheckpointId.class, new IdReader())
                .addDeserializer(Instant.class, new InstantReader());
        return new ObjectMapper()
                .registerModule(names)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    private static final class IdReader extends FromStringDeserializer<CheckpointId> {
        IdReader() {
            super(CheckpointId.class);
        }

        @Override
        protected CheckpointId _deserialize(String value, DeserializationContext context) {
            return new CheckpointId(value);
        }
    }

    private static final class InstantReader extends FromStringDeserializer<Instant> {
        InstantReader() {
            super(Instant.class);
        }

        @Override
        protected Instant _deserialize(String value, DeserializationContext context) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
