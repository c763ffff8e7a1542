package dev.understudy.lm.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorMathTest {
    @Test
    void exponentialsAreExactToTwoPartsInTenMillion() {
        int count = 200_000;
        float[] x = new float[VectorMath.padded(count)];
        for (int i = 0; i < count; i++) {
            x[i] = -87 + 175f * i / count;
        }
        float[] before = x.clone();
        VectorMath.exponentials(x, 0, count, 0);
        for (int i = 0; i < count; i++) {
            double exact = Math.exp(before[i]);
            assertThat(Math.abs(x[i] / exact - 1)).as("exp(%s)", before[i]).isLessThan(2e-7);
        }
    }

    @Test
    void aSumOfExponentialsCountsNothingBehindItsEnd() {
        for (int length = 1; length < 40; length++) {
            float[] x = new float[VectorMath.padded(length) + 3];
            java.util.Arrays.fill(x, 5);
            float sum = VectorMath.exponentials(x, 3, length, 5);
            assertThat(sum).as("length %d", length).isEqualTo(length, within(1e-5f));
        }
    }

    @Test
    void dotMaxNormAndGateAreThoseOfPlainLoops() {
        Random random = new Random(3);
        for (int length : new int[] {1, 3, 16, 31, 96, 100}) {
            float[] a = random(random, 2 * length + 2);
            float[] b = random(random, 2 * length + 2);
            double dot = 0;
            float max = Float.NEGATIVE_INFINITY;
            double square = 0;
            for (int i = 0; i < length; i++) {
                dot += a[1 + i] * b[2 + i];
                max = Math.max(max, a[1 + i]);
                square += a[1 + i] * a[1 + i];
            }
            assertThat(VectorMath.dot(a, 1, b, 2, length)).isCloseTo((float) dot, within(1e-4f));
            assertThat(VectorMath.max(a, 1, length)).isEqualTo(max);
            float[] gain = random(random, length);
            float[] y = new float[length];
            VectorMath.norm(a, 1, gain, 1e-5, y, 0);
            float[] gated = new float[length];
            VectorMath.swiglu(a, 1, length, gated, 0);
            for (int i = 0; i < length; i++) {
                assertThat(y[i])
                        .isCloseTo((float) (a[1 + i] / Math.sqrt(square / length + 1e-5) * gain[i]), within(1e-5f));
                assertThat(gated[i])
                        .isCloseTo((float) (a[1 + i] / (1 + Math.exp(-a[1 + i])) * a[1 + length + i]), within(1e-5f));
            }
        }
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
