package dev.understudy.lm.djl;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: program text and attributes, no tensors. The archive is a zip with four entries; the
 * attributes are a pickle of protocol 2 without memo.
 */
final class TorchArchive {
    /** Attribute value for an empty {@code List[Tensor]}. */
    static final Object TENSOR_LIST = new Object();

    /** Attribute value for an empty {@code List[float]}. */
    static final Object FLOAT_LIST = new Object();

    /** Attribute value for an empty {@code List[int]}. */
    static final Object INT_LIST = new Object();

    private TorchArchive() {}

    /**
     * Archive of a module class {@code className} of {@code source}; attributes are Boolean, Long, Double or a list.
     */
    static byte[] of(String className, String source, Map<String, Object> attributes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "m/data.pkl", pickle(className, attributes));
            put(zip, "m/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            put(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            // 10 is current; an older version number silently changes what operators mean
            put(zip, "m/version", "10\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] pickle(String className, Map<String, Object> attributes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(0x80);
        out.write(2);
        ascii(out, "c__torch__\n" + className + "\n)"); // GLOBAL, EMPTY_TUPLE
        out.write(0x81); // NEWOBJ
        ascii(out, "}("); // EMPTY_DICT, MARK
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            byte[] name = attribute.getKey().getBytes(StandardCharsets.UTF_8);
            out.write('X');
            out.writeInt(Integer.reverseBytes(name.length));
            out.write(name);
            value(out, attribute.getValue());
        }
        ascii(out, "ub."); // SETITEMS, BUILD, STOP
        return bytes.toByteArray();
    }

    private static void ascii(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void value(DataOutputStream out, Object value) throws IOException {
        if (value == TENSOR_LIST) {
            ascii(out, "ctorch.jit._pickle\nbuild_tensorlist\n(](etR");
        } else if (value == INT_LIST) {
            ascii(out, "ctorch.jit._pickle\nbuild_intlist\n(](etR");
        } else if (value == FLOAT_LIST) {
            ascii(out, "ctorch.jit._pickle\nbuild_doublelist\n(](etR");
        } else if (value instanceof Boolean flag) {
            out.write(flag ? 0x88 : 0x89);
        } else if (value instanceof Long number) {
            out.write(0x8a);
            out.write(8);
            out.writeLong(Long.reverseBytes(number));
        } else if (value instanceof Double number) {
            out.write('G');
            out.writeDouble(number);
        } else {
            throw new IllegalArgumentException("[BUG] attribute of " + value.getClass());
        }
    }
}
