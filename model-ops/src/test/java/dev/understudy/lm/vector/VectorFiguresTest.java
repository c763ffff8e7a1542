package dev.understudy.lm.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.Scores;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFiguresTest {
    private static final long SEED = 5;
    private static final int TOP = 4;
    private static final int FROM = 3;

    @ParameterizedTest
    @ValueSource(ints = {4, 15, 16, 100, 1024, 3001})
    void figuresAreThoseOfTheSoftmax(int vocabulary) {
        Random random = new Random(SEED);
        for (int trial = 0; trial < 50; trial++) {
            float[] logits = new float[FROM + VectorMath.padded(vocabulary)];
            Arrays.fill(logits, 1000);
            for (int v = 0; v < vocabulary; v++) {
                // whole numbers tie often
                logits[FROM + v] = trial % 2 == 0 ? (float) random.nextGaussian() * 3 : random.nextInt(6);
            }
            Scores out = new Scores(2, TOP, vocabulary);
            new VectorFigures(vocabulary).fill(logits, FROM, out, 1);
            check(out, Arrays.copyOfRange(logits, FROM, FROM + vocabulary), "trial " + trial + ", seed " + SEED);
        }
    }

    private static void check(Scores out, float[] logits, String where) {
        double most = IntStream.range(0, logits.length)
                .mapToDouble(v -> logits[v])
                .max()
                .orElseThrow();
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        double normaliser = most + Math.log(sum);
        double entropy = 0;
        for (float logit : logits) {
            entropy -= Math.exp(logit - normaliser) * (logit - normaliser);
        }
        int[] order = IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(v -> -logits[v]).thenComparing(v -> v))
                .mapToInt(Integer::intValue)
                .toArray();
        assertThat(out.entropy[1]).as(where).isCloseTo((float) entropy, within(2e-5f));
        assertThat(out.argmax[1]).as(where).isEqualTo(order[0]);
        for (int j = 0; j < TOP; j++) {
            assertThat(out.topIds[TOP + j]).as(where).isEqualTo(order[j]);
            assertThat(out.topLogProbabilities[TOP + j])
                    .as(where)
                    .isCloseTo((float) (logits[order[j]] - normaliser), within(2e-5f));
        }
        assertThat(Arrays.equals(out.logits, logits.length, 2 * logits.length, logits, 0, logits.length))
                .as(where)
                .isTrue();
    }
}
