package dev.understudy.lm.file;

import java.nio.ByteBuffer;

/** The number formats of safetensors that models are stored in. Stateless. */
final class NumberFormat {
    /** Formats that are widened to single precision, for messages. */
    static final String READABLE = "F32, BF16 or F16";

    private NumberFormat() {}

    /** Bytes an element, or 0 for a format that is not known. */
    static int width(String type) {
        return switch (type) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "BF16", "F16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL" -> 1;
            default -> 0;
        };
    }

    static boolean isReadable(String type) {
        return type.equals("F32") || type.equals("BF16") || type.equals("F16");
    }

    /** The next element of a readable format, from a little-endian buffer. */
    static float next(String type, ByteBuffer buffer) {
        return switch (type) {
            case "F32" -> buffer.getFloat();
            case "BF16" -> FloatBits.fromBfloat16(buffer.getShort());
            case "F16" -> FloatBits.fromHalf(buffer.getShort());
            default -> throw new IllegalArgumentException("[BUG] format " + type + " is not readable");
        };
    }
}
