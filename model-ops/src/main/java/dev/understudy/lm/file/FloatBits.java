package dev.understudy.lm.file;

/** Single precision to and from the two 16-bit formats, rounding to nearest, ties to even (IEEE 754-2019, 4.3.1). */
public final class FloatBits {
    /** The largest finite half-precision number. */
    public static final float LARGEST_HALF = 65504f;

    private FloatBits() {}

    /** Upper 16 bits of a float are a bfloat16. */
    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat((bits & 0xffff) << 16);
    }

    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** The number that 16 bits of half precision mean. */
    public static float fromHalf(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
    }

    /** The nearest half-precision number; values beyond {@link #LARGEST_HALF} must be refused by the caller. */
    public static short toHalf(float value) {
        int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        if (magnitude < 0x1p-14f) {
            // below the normal range the spacing is constant, so rounding is that of an integer
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = bits + 0xfff + ((bits >>> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >>> 13));
    }
}
