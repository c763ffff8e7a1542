package dev.understudy.flink.wire;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.file.FloatBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Laws of the teacher in half precision: for each the natural-log probabilities of its stored ids and, behind them, of
 * everything else. The tail is written and not left to the reader's subtraction, because what is missing from 1 is
 * mostly rounding where the teacher is certain; the reader scales each law to sum 1. ADR 8 has the loss in nats.
 */
final class HalfLaws {
    private HalfLaws() {}

    /** Bytes of a law with that many stored ids. */
    static int size(int ids) {
        return (ids + 1) * Short.BYTES;
    }

    /** A buffer for {@link #put}, of {@code bytes} bytes. */
    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void put(TeacherDistribution law, ByteBuffer to) {
        for (float value : law.logProbabilities()) {
            to.putShort(half(value));
        }
        to.putShort(half((float) Math.log(law.tailMass())));
    }

    /** No mass at all, as the tail of a complete law, becomes the smallest number: its exponential is 0. */
    private static short half(float logProbability) {
        return FloatBits.toHalf(Math.max(-FloatBits.LARGEST_HALF, logProbability));
    }

    /**
     * The next law of {@code from}, which must be little-endian.
     *
     * @param ids its stored ids, most probable first
     */
    static TeacherDistribution next(int[] ids, ByteBuffer from) {
        double[] masses = new double[ids.length];
        double sum = 0;
        for (int i = 0; i < ids.length; i++) {
            masses[i] = FloatBits.fromHalf(from.getShort());
            sum += Math.exp(masses[i]);
        }
        double whole = Math.log(sum + Math.exp(FloatBits.fromHalf(from.getShort())));
        float[] logProbabilities = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            logProbabilities[i] = (float) Math.min(0, masses[i] - whole);
        }
        return new TeacherDistribution(ids, logProbabilities);
    }
}
