package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.head.AskNetwork;
import dev.understudy.distil.ask.NetworkTraining.Standard;
import dev.understudy.distil.path.PathTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkTrainingTest {
    private static List<float[]> sample(int count) {
        SplittableRandom random = new SplittableRandom(5);
        List<float[]> sample = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sample.add(new float[] {(float) random.nextDouble(-3, 5), (float) random.nextDouble(10, 11)});
        }
        return sample;
    }

    @Test
    void standardisesItsInputs() {
        Standard standard = Standard.of(sample(2000), 2);
        assertThat(standard.mean()[0]).isCloseTo(1, within(0.15f));
        assertThat(standard.mean()[1]).isCloseTo(10.5f, within(0.02f));
        assertThat(standard.scale()[0]).isCloseTo((float) (Math.sqrt(12) / 8), within(0.02f));
    }

    /** A step of plain AdamW from zero moments moves every weight by the rate against the sign of its slope. */
    @Test
    void slopesAreThoseOfTheOutput() {
        Standard standard = Standard.of(sample(50), 2);
        float[] input = {2, 10.2f};
        NetworkTraining network = new NetworkTraining(standard, 3, 1);
        AskNetwork before = network.network();
        network.forward(input);
        network.backward(1);
        double rate = 1e-3;
        network.step(rate, 1e3);
        AskNetwork after = network.network();
        float[] work = new float[3];
        for (int i = 0; i < before.first().length; i++) {
            float[] up = before.first().clone();
            float[] down = before.first().clone();
            up[i] += 0.01f;
            down[i] -= 0.01f;
            double slope =
                    with(before, up).of(input, 0, work) - with(before, down).of(input, 0, work);
            double moved = after.first()[i] - before.first()[i] * (1 - 0.01 * rate);
            assertThat(moved).as("weight %d", i).isCloseTo(-rate * Math.signum(slope), within(2e-5));
        }
    }

    private static AskNetwork with(AskNetwork network, float[] first) {
        return new AskNetwork(
                network.mean(), network.scale(), first, network.firstBias(), network.second(), network.secondBias());
    }

    @Test
    void learnsWhereToDoubt() {
        List<float[]> sample = sample(500);
        NetworkTraining network = new NetworkTraining(Standard.of(sample, 2), 16, 7);
        SplittableRandom random = new SplittableRandom(9);
        for (int step = 0; step < 300; step++) {
            for (int i = 0; i < 32; i++) {
                float[] input = sample.get(random.nextInt(sample.size()));
                double output = network.forward(input);
                network.backward(PathTerms.sigmoid(output) - (Math.abs(input[0] - 1) > 2 ? 1 : 0));
            }
            network.step(1e-2, 32);
        }
        AskNetwork learnt = network.network();
        float[] work = new float[16];
        for (float[] input : sample) {
            double margin = Math.abs(input[0] - 1) - 2;
            if (Math.abs(margin) > 0.3) {
                assertThat(learnt.of(input, 0, work) > 0).isEqualTo(margin > 0);
            }
        }
    }

    @Test
    void startsAsZeroWhenItIsSilencedAndIsTheSameFromTheSameSeed() {
        Standard standard = Standard.of(sample(50), 2);
        NetworkTraining silent = new NetworkTraining(standard, 3, 1);
        silent.silence();
        assertThat(silent.forward(new float[] {2, 10})).isZero();
        assertThat(new NetworkTraining(standard, 3, 1).network())
                .usingRecursiveComparison()
                .isEqualTo(new NetworkTraining(standard, 3, 1).network());
    }

    @Test
    void refusesASlopeThatIsNoNumber() {
        NetworkTraining network = new NetworkTraining(Standard.of(sample(50), 2), 3, 1);
        network.forward(new float[] {2, 10});
        network.backward(Double.NaN);
        assertThatThrownBy(() -> network.step(1e-3, 1)).hasMessageContaining("distil.ask.learning-rate");
    }
}
