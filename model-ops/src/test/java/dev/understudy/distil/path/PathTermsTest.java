package dev.understudy.distil.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PathTermsTest {
    private static final PathTerms TERMS = new PathTerms(0.5, 0.25);

    @Test
    void slopesAreThoseOfTheTerms() {
        double step = 1e-6;
        for (double logit : new double[] {-20, -2, 0, 0.7, 20}) {
            double own = (TERMS.own(-1, -2, logit + step) - TERMS.own(-1, -2, logit - step)) / (2 * step);
            double ask = (TERMS.ask(-1, 0.4, logit + step) - TERMS.ask(-1, 0.4, logit - step)) / (2 * step);
            assertThat(TERMS.ownSlope(logit)).isCloseTo(own, within(1e-9));
            assertThat(TERMS.askSlope(logit)).isCloseTo(ask, within(1e-9));
        }
    }

    @Test
    void staysFiniteFarOut() {
        assertThat(PathTerms.logSigmoid(-800)).isEqualTo(-800);
        assertThat(PathTerms.logSigmoid(800)).isZero();
        assertThat(PathTerms.logSigmoid(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(TERMS.own(-1, -2, Double.NEGATIVE_INFINITY)).isCloseTo(0, within(1e-15));
    }

    @Test
    void aPriceOfOneHalfServesWhatWasTrained() {
        assertThat(PathTerms.served(1.3, 0.5)).isEqualTo(1.3);
        assertThat(PathTerms.served(1.3, 0.9)).isLessThan(1.3);
    }

    @Test
    void rowLawSumsToOneOverVAndTheAsk() {
        double[] logits = {0.2, -0.4, 0.9, 700, -0.3};
        RowLaw law = new RowLaw(logits);
        double u = PathTerms.sigmoid(law.logit());
        double sum = u;
        for (int v = 0; v < 4; v++) {
            sum += (1 - u) * Math.exp(law.logOwn(v));
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
    }

    @Test
    void rowSlopesAreThoseOfTheLaw() {
        double[] logits = {0.2, -0.4, 0.9, -0.3};
        double step = 1e-6;
        double[] slopes = new RowLaw(logits).slopes(1, 2, 3);
        for (int i = 0; i < logits.length; i++) {
            double[] up = logits.clone();
            double[] down = logits.clone();
            up[i] += step;
            down[i] -= step;
            RowLaw above = new RowLaw(up);
            RowLaw below = new RowLaw(down);
            double expected =
                    (2 * (above.logOwn(1) - below.logOwn(1)) + 3 * (above.logit() - below.logit())) / (2 * step);
            assertThat(slopes[i]).isCloseTo(expected, within(1e-9));
        }
    }

    @Test
    void refusesTemperaturesOutOfRange() {
        assertThatThrownBy(() -> new PathTerms(0, 1)).hasMessageContaining("distil.pcl.entropy-temperature is 0");
        assertThatThrownBy(() -> new PathTerms(1, 11)).hasMessageContaining("expected both in (0, 10]");
    }
}
