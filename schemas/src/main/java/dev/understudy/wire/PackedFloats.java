package dev.understudy.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Float arrays as the bytes that records carry: float32, little-endian, no length in front. */
public final class PackedFloats {
    private PackedFloats() {}

    /** Four bytes a value, ready to read. */
    public static ByteBuffer pack(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /**
     * The values; the position of the buffer stays where it is.
     *
     * @throws IllegalArgumentException if the bytes are not a multiple of four
     */
    public static float[] unpack(ByteBuffer packed) {
        if (packed.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException("Cannot unpack " + packed.remaining()
                    + " bytes to float32; expected a multiple of 4. The record was cut: find its writer.");
        }
        float[] values = new float[packed.remaining() / Float.BYTES];
        packed.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
