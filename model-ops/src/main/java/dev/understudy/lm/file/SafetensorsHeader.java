package dev.understudy.lm.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the header of a safetensors file says, believed only where the file bears it out: tensors lie one behind the
 * other, without overlap or gap, and fill the file to its end.
 *
 * @param entries tensors by name
 * @param metadata texts of {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    /** A header so long would name a hundred thousand tensors; it is refused before memory is taken for it. */
    private static final long LONGEST = 1 << 24;

    private static final int PREFIX = 8;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Where one tensor lies.
     *
     * @param type name of the number format
     * @param shape sizes, outermost first
     * @param begin first byte in the file
     * @param end byte behind the last one in the file
     */
    record Entry(String type, long[] shape, long begin, long end) {}

    SafetensorsHeader {
        entries = Map.copyOf(entries);
        metadata = Map.copyOf(metadata);
    }

    /** @throws ModelRejectedException when the header is malformed or lies about the file */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < PREFIX + 2) {
            throw rejected(file, "it has " + size + " bytes", "at least " + (PREFIX + 2), "copy the file again");
        }
        ByteBuffer prefix = bytes(file, channel, 0, PREFIX);
        long length = prefix.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        long longest = Math.min(LONGEST, size - PREFIX);
        if (length < 2 || length > longest) {
            refusePickle(file, prefix);
            throw rejected(file, "its header claims " + length + " bytes", "2 to " + longest, "copy the file again");
        }
        JsonNode root = json(file, bytes(file, channel, PREFIX, (int) length));
        Map<String, String> metadata = new HashMap<>();
        Map<String, Entry> entries = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), PREFIX + length, size));
            }
        }
        requireContiguous(file, entries, PREFIX + length, size);
        return new SafetensorsHeader(entries, metadata);
    }

    /** The two containers of pickles begin so; the message would else be about a header of petabytes. */
    private static void refusePickle(Path file, ByteBuffer prefix) {
        boolean zip = prefix.get(0) == 'P' && prefix.get(1) == 'K';
        boolean pickle = prefix.get(0) == (byte) 0x80 && prefix.get(1) >= 2 && prefix.get(1) <= 5;
        if (zip || pickle) {
            throw rejected(
                    file,
                    "it is a pickle or zip archive, which may run code",
                    "a safetensors file",
                    "export with save_pretrained(safe_serialization=True)");
        }
    }

    private static JsonNode json(Path file, ByteBuffer text) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(
                    StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        } catch (JsonProcessingException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": its header is not JSON (" + e.getOriginalMessage()
                            + "), expected the safetensors header; copy the file again.",
                    e);
        } catch (CharacterCodingException e) {
            throw rejected(file, "its header is not UTF-8", "the JSON of a safetensors header", "copy the file again");
        }
        if (root == null || !root.isObject()) {
            throw rejected(file, "its header is not an object", "a JSON object", "copy the file again");
        }
        return root;
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataStart, long size) {
        JsonNode offsets = node.path("data_offsets");
        JsonNode shape = node.path("shape");
        JsonNode type = node.path("dtype");
        if (!type.isTextual() || !shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw rejected(
                    file, "tensor " + name + " has no dtype, shape or data_offsets", "all three", "export it again");
        }
        long begin = wholeNumber(file, name, offsets.get(0));
        long end = wholeNumber(file, name, offsets.get(1));
        if (begin > end || end > size - dataStart) {
            throw rejected(
                    file,
                    "tensor " + name + " claims bytes " + begin + " to " + end,
                    "a range within the " + (size - dataStart) + " bytes of data",
                    "the file is cut or damaged, copy it again");
        }
        long[] sizes = new long[shape.size()];
        int width = NumberFormat.width(type.asText());
        long bytes = width;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = wholeNumber(file, name, shape.get(i));
            // a product beyond the file's own size is already a lie, so it can never overflow
            bytes = sizes[i] != 0 && bytes > size / sizes[i] ? Long.MAX_VALUE : bytes * sizes[i];
        }
        if (width > 0 && bytes != end - begin) {
            throw rejected(
                    file,
                    "tensor " + name + " of shape " + Arrays.toString(sizes) + " holds " + (end - begin) + " bytes",
                    "as many as " + type.asText() + " needs",
                    "export it again");
        }
        return new Entry(type.asText(), sizes, dataStart + begin, dataStart + end);
    }

    private static void requireContiguous(Path file, Map<String, Entry> entries, long dataStart, long size) {
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
        ordered.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(
                        e -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long at = dataStart;
        for (Map.Entry<String, Entry> tensor : ordered) {
            if (tensor.getValue().begin() != at) {
                throw rejected(
                        file,
                        "tensor " + tensor.getKey() + " begins at byte "
                                + (tensor.getValue().begin() - dataStart) + " of the data",
                        "byte " + (at - dataStart) + " where the one before it ends",
                        "export it again");
            }
            at = tensor.getValue().end();
        }
        if (at != size) {
            throw rejected(
                    file,
                    "its tensors end at byte " + at + " of " + size,
                    "them to fill the file",
                    "the file is damaged or was appended to, copy it again");
        }
    }

    private static long wholeNumber(Path file, String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw rejected(
                    file, "tensor " + name + " has a size or offset of " + node, "a whole number", "export it again");
        }
        return node.asLong();
    }

    /** Bytes {@code at} to {@code at + count} of the file, ready to be read. */
    private static ByteBuffer bytes(Path file, FileChannel channel, long at, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        fill(file, channel, buffer, at);
        return buffer;
    }

    /** Fills the buffer's remaining bytes from {@code at} on and flips it. */
    static void fill(Path file, FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        long start = at - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw rejected(file, "it ends early", "the length its header states", "copy the file again");
            }
        }
        buffer.flip();
    }

    static ModelRejectedException rejected(Path file, String found, String expected, String remedy) {
        return new ModelRejectedException(
                "Cannot read " + file + ": " + found + ", expected " + expected + "; " + remedy + ".");
    }
}
