package dev.understudy.lm.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.file.FloatBits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedMatrixTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @CsvSource({"1, 1", "31, 7", "32, 16", "33, 96", "96, 24", "257, 130", "1024, 384"})
    void aProductIsThatOfTheRoundedWeightsForEveryNumberOfRows(int outputs, int inputs) {
        Random random = new Random(SEED);
        float[] weights = gaussian(random, outputs * inputs, 0.02f);
        float[] bias = gaussian(random, outputs, 1);
        PackedMatrix matrix = new PackedMatrix(weights, outputs, inputs);
        for (int rows : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 23}) {
            float[] x = gaussian(random, rows * inputs, 1);
            float[] y = product(matrix, x, rows, bias);
            for (int row = 0; row < rows; row++) {
                for (int output = 0; output < outputs; output++) {
                    double sum = bias[output];
                    for (int k = 0; k < inputs; k++) {
                        float rounded = FloatBits.fromHalf(FloatBits.toHalf(weights[output * inputs + k]));
                        sum += (double) rounded * x[row * inputs + k];
                    }
                    // weights below the normal range of half precision are kept better than the format would
                    assertThat(y[row * matrix.stride() + output])
                            .as("rows %d, row %d, output %d, seed %d", rows, row, output, SEED)
                            .isCloseTo((float) sum, within(2e-5f));
                }
            }
        }
    }

    @Test
    void aRowDoesNotDependOnTheRowsBesideIt() {
        Random random = new Random(SEED);
        PackedMatrix matrix = new PackedMatrix(gaussian(random, 100 * 77, 1), 100, 77);
        int rows = 15;
        float[] x = gaussian(random, rows * 77, 1);
        float[] together = product(matrix, x, rows, new float[0]);
        for (int row = 0; row < rows; row++) {
            float[] alone = product(matrix, Arrays.copyOfRange(x, row * 77, (row + 1) * 77), 1, new float[0]);
            assertThat(Arrays.copyOfRange(together, row * matrix.stride(), row * matrix.stride() + 100))
                    .as("row %d, seed %d", row, SEED)
                    .containsExactly(Arrays.copyOf(alone, 100));
        }
    }

    @Test
    void weightsOfAnySizeKeepTheirPrecision() {
        float[] weights = {60000, 3e-5f, 1e-30f, 0, 1, 2e-7f, 1e-33f, 0};
        float[] y = product(new PackedMatrix(weights, 4, 2), new float[] {1, 1}, 1, new float[0]);
        assertThat(y[0]).isCloseTo(60000, within(32f));
        assertThat(y[1]).isEqualTo(1e-30f, within(1e-33f));
        assertThat(y[2]).isEqualTo(1 + 2e-7f, within(1e-6f));
        assertThat(y[3]).isEqualTo(1e-33f, within(1e-36f));
    }

    private static float[] product(PackedMatrix matrix, float[] x, int rows, float[] bias) {
        float[] y = new float[rows * matrix.stride()];
        Arrays.fill(y, Float.NaN);
        matrix.multiply(x, rows, bias, new float[rows * matrix.inputs()], y);
        return y;
    }

    private static float[] gaussian(Random random, int count, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }
}
