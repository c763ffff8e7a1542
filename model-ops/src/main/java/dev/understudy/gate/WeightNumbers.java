package dev.understudy.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The largest magnitude among the weights of a directory's safetensors files; infinite when one is NaN or infinite.
 * Reads in blocks, so that the size of a model does not matter.
 */
final class WeightNumbers {
    private static final int BLOCK = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private WeightNumbers() {}

    static double largestMagnitude(Path directory) {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the candidate's files in " + directory, e);
        }
        // A candidate without weights cannot be shown to be safe.
        return files.stream().mapToDouble(WeightNumbers::largest).max().orElse(Double.POSITIVE_INFINITY);
    }

    private static double largest(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer length = read(channel, 0, Long.BYTES);
            int header = Math.toIntExact(length.getLong());
            String json = StandardCharsets.UTF_8
                    .decode(read(channel, Long.BYTES, header))
                    .toString();
            double largest = 0;
            for (var tensor : JSON.readTree(json).properties()) {
                if (!tensor.getKey().equals("__metadata__")) {
                    largest = Math.max(largest, largest(channel, Long.BYTES + (long) header, tensor.getValue()));
                }
            }
            return largest;
        } catch (IOException | ArithmeticException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "Cannot read the weights in " + file + " (" + e.getMessage()
                            + "); expected a safetensors file. Train the candidate again.",
                    e);
        }
    }

    private static double largest(FileChannel channel, long start, JsonNode tensor) throws IOException {
        String type = tensor.path("dtype").asText();
        JsonNode offsets = tensor.path("data_offsets");
        long end = offsets.path(1).asLong();
        double largest = 0;
        for (long at = offsets.path(0).asLong(); at < end; at += BLOCK) {
            ByteBuffer block = read(channel, start + at, (int) Math.min(BLOCK, end - at));
            while (block.hasRemaining()) {
                double magnitude = Math.abs(next(block, type));
                largest = Math.max(largest, Double.isNaN(magnitude) ? Double.POSITIVE_INFINITY : magnitude);
            }
        }
        return largest;
    }

    private static double next(ByteBuffer block, String type) {
        return switch (type) {
            case "F32" -> block.getFloat();
            case "BF16" -> Float.intBitsToFloat(block.getShort() << 16);
            case "F16" -> half(block.getShort());
            default -> throw new IllegalArgumentException("tensor of type '" + type + "', expected F32, BF16 or F16");
        };
    }

    private static double half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude;
        if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            magnitude = exponent == 0 ? Math.scalb(fraction, -24) : Math.scalb(0x400 + fraction, exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("file ends at byte " + (at + buffer.position()) + ", expected more");
            }
        }
        return buffer.flip();
    }
}
