package dev.understudy.lm.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The header of one safetensors file, checked against the file's size before anything is allocated: a header that lies
 * about lengths, offsets or shapes is refused. Tensors are read on demand and widened to single precision. Immutable.
 */
public final class SafetensorsFile {
    /** Longest header the format allows, in bytes. */
    private static final long LONGEST_HEADER = 100_000_000L;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** Where one tensor lies: {@code begin} and {@code end} are byte offsets in the file. */
    private record Entry(String type, long[] shape, long begin, long end) {}

    private final Path file;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, String> metadata = new HashMap<>();

    private SafetensorsFile(Path file) {
        this.file = file;
    }

    /**
     * Reads and checks the header.
     *
     * @throws ModelRejectedException when the file is truncated or its header is not consistent with its size
     */
    public static SafetensorsFile open(Path file) {
        SafetensorsFile result = new SafetensorsFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            result.readHeader(channel);
        } catch (JsonProcessingException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": its header is not JSON (" + e.getOriginalMessage()
                            + "), expected the safetensors header; copy the file again.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    public Set<String> names() {
        return Set.copyOf(entries.keySet());
    }

    /** The text values stored in {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    /**
     * Reads one tensor of an expected shape.
     *
     * @throws ModelRejectedException when it is missing, of another shape or of an unsupported number format
     */
    public NamedTensor read(String name, int... shape) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw rejected("tensor " + name + " is missing", "shape " + Arrays.toString(shape), "export it again");
        }
        long[] expected = Arrays.stream(shape).asLongStream().toArray();
        if (!Arrays.equals(entry.shape, expected)) {
            throw rejected(
                    "tensor " + name + " has shape " + Arrays.toString(entry.shape),
                    Arrays.toString(expected) + " by config.json",
                    "use the config.json that belongs to these weights");
        }
        if (width(entry.type) == 0) {
            throw rejected(
                    "tensor " + name + " has dtype " + entry.type,
                    "F32, BF16 or F16",
                    "export the model in one of these formats");
        }
        float[] values = new float[NamedTensor.elements(shape)];
        try (FileChannel channel = FileChannel.open(file)) {
            readValues(channel, entry, values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new NamedTensor(name, shape, values);
    }

    private void readHeader(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 10) {
            throw rejected("it has " + size + " bytes", "at least 10", "copy the file again");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, prefix, 0);
        long length = prefix.getLong();
        if (length < 2 || length > LONGEST_HEADER || length > size - 8) {
            throw rejected(
                    "its header claims " + length + " bytes",
                    "2 to " + Math.min(LONGEST_HEADER, size - 8),
                    "copy the file again");
        }
        ByteBuffer text = ByteBuffer.allocate((int) length);
        readFully(channel, text, 8);
        JsonNode header = JSON.readTree(new String(text.array(), StandardCharsets.UTF_8));
        if (header == null || !header.isObject()) {
            throw rejected("its header is not an object", "a JSON object", "copy the file again");
        }
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(field.getKey(), field.getValue(), 8 + length, size));
            }
        }
    }

    private Entry entry(String name, JsonNode node, long dataStart, long size) {
        JsonNode offsets = node.path("data_offsets");
        JsonNode shape = node.path("shape");
        JsonNode type = node.path("dtype");
        if (!type.isTextual() || !shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw rejected("tensor " + name + " has no dtype, shape or data_offsets", "all three", "export it again");
        }
        long begin = wholeNumber(name, offsets.get(0));
        long end = wholeNumber(name, offsets.get(1));
        if (begin > end || end > size - dataStart) {
            throw rejected(
                    "tensor " + name + " claims bytes " + begin + " to " + end,
                    "a range within the " + (size - dataStart) + " bytes of data",
                    "the file is cut or damaged, copy it again");
        }
        long[] sizes = new long[shape.size()];
        long bytes = width(type.asText());
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = wholeNumber(name, shape.get(i));
            // a product beyond the file's own size is already a lie, so it can never overflow
            bytes = sizes[i] != 0 && bytes > size / sizes[i] ? Long.MAX_VALUE : bytes * sizes[i];
        }
        if (width(type.asText()) > 0 && bytes != end - begin) {
            throw rejected(
                    "tensor " + name + " of shape " + Arrays.toString(sizes) + " holds " + (end - begin) + " bytes",
                    "as many as " + type.asText() + " needs",
                    "export it again");
        }
        return new Entry(type.asText(), sizes, dataStart + begin, dataStart + end);
    }

    private long wholeNumber(String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw rejected("tensor " + name + " has a size or offset of " + node, "a whole number", "export it again");
        }
        return node.asLong();
    }

    /** Bytes an element, or 0 for a format that is not read. */
    private static int width(String type) {
        return switch (type) {
            case "F32" -> 4;
            case "BF16", "F16" -> 2;
            default -> 0;
        };
    }

    private void readValues(FileChannel channel, Entry entry, float[] values) throws IOException {
        int width = width(entry.type);
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, Math.max(width, entry.end - entry.begin)))
                .order(ByteOrder.LITTLE_ENDIAN);
        int done = 0;
        while (done < values.length) {
            int count = Math.min(chunk.capacity() / width, values.length - done);
            chunk.clear().limit(count * width);
            readFully(channel, chunk, entry.begin + (long) done * width);
            for (int i = 0; i < count; i++) {
                values[done + i] = switch (entry.type) {
                    case "F32" -> chunk.getFloat();
                    case "BF16" -> FloatBits.fromBfloat16(chunk.getShort());
                    default -> FloatBits.fromHalf(chunk.getShort());
                };
            }
            done += count;
        }
    }

    private void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        long start = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw rejected("it ends early", "the length its header states", "copy the file again");
            }
        }
        buffer.flip();
    }

    private ModelRejectedException rejected(String found, String expected, String remedy) {
        return new ModelRejectedException(
                "Cannot read " + file + ": " + found + ", expected " + expected + "; " + remedy + ".");
    }
}
