package dev.understudy.lm.file;

import dev.understudy.lm.ModelRejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * One safetensors file whose header was checked against the file's size before anything was allocated. Tensors are read
 * on demand and widened to single precision. Immutable.
 */
public final class SafetensorsFile {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Reads and checks the header.
     *
     * @throws ModelRejectedException when the file is truncated or its header is not consistent with its size
     */
    public static SafetensorsFile open(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return new SafetensorsFile(file, SafetensorsHeader.read(file, channel));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ". Check that it exists and may be read.", e);
        }
    }

    public Set<String> names() {
        return header.entries().keySet();
    }

    /** The text values stored in {@code __metadata__}. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * Reads one tensor of an expected shape.
     *
     * @throws ModelRejectedException when it is missing, of another shape or of an unsupported number format
     */
    public NamedTensor read(String name, int... shape) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw rejected("tensor " + name + " is missing", "shape " + Arrays.toString(shape), "export it again");
        }
        long[] expected = Arrays.stream(shape).asLongStream().toArray();
        if (!Arrays.equals(entry.shape(), expected)) {
            throw rejected(
                    "tensor " + name + " has shape " + Arrays.toString(entry.shape()),
                    Arrays.toString(expected) + " by config.json",
                    "use the config.json that belongs to these weights");
        }
        requireReadable(name, entry);
        float[] values = new float[NamedTensor.elements(shape)];
        int[] at = {0};
        eachChunk(entry, chunk -> {
            while (chunk.hasRemaining()) {
                values[at[0]++] = NumberFormat.next(entry.type(), chunk);
            }
        });
        return new NamedTensor(name, shape, values);
    }

    /**
     * The largest magnitude among all tensors; infinite when one holds a NaN or an infinity. Reads in blocks, so that
     * the size of a model does not matter.
     *
     * @throws ModelRejectedException when a tensor has an unsupported number format
     */
    public double largestMagnitude() {
        float[] largest = {0};
        header.entries().forEach((name, entry) -> {
            requireReadable(name, entry);
            eachChunk(entry, chunk -> {
                while (chunk.hasRemaining()) {
                    float magnitude = Math.abs(NumberFormat.next(entry.type(), chunk));
                    // not-a-number compares as false with everything
                    largest[0] = magnitude <= largest[0]
                            ? largest[0]
                            : Float.isNaN(magnitude) ? Float.POSITIVE_INFINITY : magnitude;
                }
            });
        });
        return largest[0];
    }

    private void requireReadable(String name, SafetensorsHeader.Entry entry) {
        if (!NumberFormat.isReadable(entry.type())) {
            throw rejected(
                    "tensor " + name + " has dtype " + entry.type(),
                    NumberFormat.READABLE,
                    "export the model in one of these formats");
        }
    }

    /** Takes the bytes of a tensor, whole elements at a time. */
    private interface Chunks {
        void take(ByteBuffer chunk);
    }

    private void eachChunk(SafetensorsHeader.Entry entry, Chunks chunks) {
        long bytes = entry.end() - entry.begin();
        ByteBuffer chunk =
                ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, bytes)).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            for (long at = 0; at < bytes; at += chunk.limit()) {
                chunk.clear().limit((int) Math.min(chunk.capacity(), bytes - at));
                SafetensorsHeader.fill(file, channel, chunk, entry.begin() + at);
                chunks.take(chunk);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ". Check that it exists and may be read.", e);
        }
    }

    private ModelRejectedException rejected(String found, String expected, String remedy) {
        return SafetensorsHeader.rejected(file, found, expected, remedy);
    }
}
