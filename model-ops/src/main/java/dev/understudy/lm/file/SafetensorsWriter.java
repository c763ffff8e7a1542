package dev.understudy.lm.file;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes safetensors files: equal tensors give equal bytes, and the header is padded so that data starts aligned. */
public final class SafetensorsWriter {
    private static final int CHUNK_ELEMENTS = 1 << 18;
    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsWriter() {}

    /**
     * Writes {@code tensors} in the given order.
     *
     * @throws ModelRejectedException when a value does not fit half precision
     */
    public static void write(Path file, List<NamedTensor> tensors, Storage storage, Map<String, String> metadata) {
        byte[] header = header(tensors, storage, metadata);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            writeFully(channel, start.putLong(header.length).put(header).flip());
            for (NamedTensor tensor : tensors) {
                writeValues(channel, tensor, storage);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] header(List<NamedTensor> tensors, Storage storage, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode notes = root.putObject("__metadata__");
        notes.put("format", "pt");
        new TreeMap<>(metadata).forEach(notes::put);
        long offset = 0;
        for (NamedTensor tensor : tensors) {
            ObjectNode node = root.putObject(tensor.name());
            node.put("dtype", storage == Storage.FP32 ? "F32" : storage == Storage.BF16 ? "BF16" : "F16");
            for (int size : tensor.shape()) {
                node.withArray("shape").add(size);
            }
            if (tensor.shape().length == 0) {
                node.putArray("shape");
            }
            long end = offset + (long) tensor.values().length * width(storage);
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        StringBuilder text = new StringBuilder(root.toString());
        while ((text.toString().getBytes(StandardCharsets.UTF_8).length & 7) != 0) {
            text.append(' ');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int width(Storage storage) {
        return storage == Storage.FP32 ? 4 : 2;
    }

    private static void writeValues(FileChannel channel, NamedTensor tensor, Storage storage) throws IOException {
        float[] values = tensor.values();
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(values.length, CHUNK_ELEMENTS) * width(storage))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < values.length; start += CHUNK_ELEMENTS) {
            chunk.clear();
            for (int i = start; i < Math.min(values.length, start + CHUNK_ELEMENTS); i++) {
                put(chunk, values[i], tensor.name(), storage);
            }
            writeFully(channel, chunk.flip());
        }
    }

    private static void put(ByteBuffer chunk, float value, String name, Storage storage) {
        switch (storage) {
            case FP32 -> chunk.putFloat(value);
            case BF16 -> {
                short bits = FloatBits.toBfloat16(value);
                if (Float.isFinite(value) && !Float.isFinite(FloatBits.fromBfloat16(bits))) {
                    throw new ModelRejectedException("Cannot write tensor " + name + " as BF16: found " + value
                            + ", expected at most 3.38e38; store it as FP32.");
                }
                chunk.putShort(bits);
            }
            case FP16 -> {
                if (!(Math.abs(value) <= FloatBits.LARGEST_HALF)) {
                    throw new ModelRejectedException("Cannot write tensor " + name + " in half precision: found "
                            + value + ", expected at most 65504; store it as BF16.");
                }
                chunk.putShort(FloatBits.toHalf(value));
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
