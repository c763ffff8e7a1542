package dev.understudy.distil.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PathResidualsTest {
    private static final double STEP = 1e-6;
    private static final double GRADIENT = 1e-8;

    private final SplittableRandom random = new SplittableRandom(17);

    private double[] numbers(int count) {
        return random.doubles(count, -1, 1).toArray();
    }

    private static boolean[] all(int count) {
        boolean[] counted = new boolean[count];
        java.util.Arrays.fill(counted, true);
        return counted;
    }

    /** Sum of C²/2 over the windows. */
    private static double loss(double[] terms, double[] values, boolean[] counted, int window) {
        PathResiduals residuals = new PathResiduals(window, Double.MAX_VALUE, Bootstrap.FULL);
        residuals.add(Path.of(terms, values, counted));
        return residuals.rootMeanSquare() * residuals.rootMeanSquare() * residuals.windows() / 2;
    }

    @Test
    void slopesAreThoseOfTheLoss() {
        double[] terms = numbers(6);
        double[] values = numbers(7);
        boolean[] counted = {true, true, true, false, true, true};
        Path path = Path.of(terms, values, counted);
        new PathResiduals(3, Double.MAX_VALUE, Bootstrap.FULL).add(path);
        for (int i = 0; i < 6; i++) {
            double[] up = terms.clone();
            double[] down = terms.clone();
            up[i] += STEP;
            down[i] -= STEP;
            double expected = (loss(up, values, counted, 3) - loss(down, values, counted, 3)) / (2 * STEP);
            assertThat(path.termSlopes()[i]).as("term %d", i).isCloseTo(expected, within(GRADIENT));
        }
        for (int i = 0; i < 7; i++) {
            double[] up = values.clone();
            double[] down = values.clone();
            up[i] += STEP;
            down[i] -= STEP;
            double expected = (loss(terms, up, counted, 3) - loss(terms, down, counted, 3)) / (2 * STEP);
            assertThat(path.valueSlopes()[i]).as("value %d", i).isCloseTo(expected, within(GRADIENT));
        }
    }

    @Test
    void aDetachedEndIsATarget() {
        Path path = Path.of(numbers(1), numbers(2), all(1));
        new PathResiduals(1, Double.MAX_VALUE, Bootstrap.DETACHED).add(path);
        assertThat(path.valueSlopes()[0]).isEqualTo(-path.termSlopes()[0]);
        assertThat(path.valueSlopes()[1]).isZero();
    }

    @Test
    void aPositionThatDoesNotCountAddsExactlyNothing() {
        double[] terms = numbers(5);
        double[] values = numbers(6);
        boolean[] counted = {true, true, false, true, true};
        Path path = Path.of(terms, values, counted);
        PathResiduals residuals = new PathResiduals(PathResiduals.WHOLE, Double.MAX_VALUE, Bootstrap.FULL);
        residuals.add(path);
        assertThat(path.termSlopes()[2]).isZero();
        double[] other = terms.clone();
        other[2] = 1e6;
        Path changed = Path.of(other, values, counted);
        new PathResiduals(PathResiduals.WHOLE, Double.MAX_VALUE, Bootstrap.FULL).add(changed);
        assertThat(changed.termSlopes()).containsExactly(path.termSlopes());
        assertThat(changed.valueSlopes()).containsExactly(path.valueSlopes());
        assertThat(residuals.windows()).isEqualTo(4);
    }

    @Test
    void aMaskThatIsOneOffLetsTheMaskedPositionIn() {
        double[] terms = numbers(5);
        double[] values = numbers(6);
        Path shifted = Path.of(terms, values, new boolean[] {true, true, true, false, true});
        new PathResiduals(PathResiduals.WHOLE, Double.MAX_VALUE, Bootstrap.FULL).add(shifted);
        assertThat(shifted.termSlopes()[2]).isNotZero();
    }

    @Test
    void aConstantAddedToAllValuesAndTheEndChangesNothing() {
        double[] terms = numbers(5);
        double[] values = numbers(6);
        double[] lifted =
                java.util.Arrays.stream(values).map(value -> value + 3).toArray();
        assertThat(loss(terms, lifted, all(5), 2)).isCloseTo(loss(terms, values, all(5), 2), within(1e-12));
        lifted[5] -= 3;
        assertThat(loss(terms, lifted, all(5), 2)).isNotCloseTo(loss(terms, values, all(5), 2), within(1e-3));
    }

    @Test
    void everyStartHasAWindowThatIsShorterAtTheEnd() {
        PathResiduals residuals = new PathResiduals(2, 10, Bootstrap.DETACHED);
        Path path = Path.of(new double[] {1, 1, 1}, new double[4], all(3));
        residuals.add(path);
        assertThat(residuals.windows()).isEqualTo(3);
        assertThat(path.termSlopes()).containsExactly(2, 4, 3);
        residuals.clear();
        assertThat(residuals.windows()).isZero();
        assertThat(residuals.rootMeanSquare()).isZero();
    }

    @Test
    void clipsThePullButNotTheFigure() {
        PathResiduals residuals = new PathResiduals(1, 0.5, Bootstrap.DETACHED);
        Path path = Path.of(new double[] {3}, new double[2], all(1));
        residuals.add(path);
        assertThat(path.termSlopes()[0]).isEqualTo(0.5);
        assertThat(residuals.rootMeanSquare()).isEqualTo(3);
    }

    @Test
    void refusesSettingsAndShapesThatMakeNoSense() {
        assertThatThrownBy(() -> new PathResiduals(0, 10, Bootstrap.FULL))
                .hasMessageContaining("distil.pcl.window is 0")
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Path.of(new double[2], new double[2], all(2))).hasMessageContaining("[BUG]");
    }
}
