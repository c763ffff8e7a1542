package dev.understudy.distil.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    private static final double PRINTED = 1e-6;
    private static final double[] P = {.5, .3, .15, .05};
    private static final double[] Q = {.2, .2, .3, .3};
    private static final double[] TEACHER = softmax(1.2, -.3, .4, -1.1);
    private static final double[] STUDENT_LOGITS = {-.5, .9, .1, .2};
    private static final List<Divergence> ALL =
            List.of(new ForwardKl(), new ReverseKl(), new GeneralizedJsd(.3), new SkewKl(.1), new SkewReverseKl(.1));

    @Test
    void valuesAreThoseOfTheFormulas() {
        assertThat(new ForwardKl().nats(P, Q)).isCloseTo(.386225, within(PRINTED));
        assertThat(new ReverseKl().nats(P, Q)).isCloseTo(.481121, within(PRINTED));
        assertThat(new GeneralizedJsd(.1).nats(P, Q)).isCloseTo(.034778, within(PRINTED));
        assertThat(new GeneralizedJsd(.5).nats(P, Q)).isCloseTo(.100514, within(PRINTED));
        assertThat(new GeneralizedJsd(.9).nats(P, Q)).isCloseTo(.040889, within(PRINTED));
        assertThat(new SkewKl(.1).nats(P, Q)).isCloseTo(.313751, within(PRINTED));
        assertThat(new SkewReverseKl(.1).nats(P, Q)).isCloseTo(.350044, within(PRINTED));
    }

    @Test
    void valuesMissWhenBetaOrTheLawsAreSwapped() {
        assertThat(Math.abs(new GeneralizedJsd(1 - .1).nats(P, Q) - .034778)).isGreaterThan(5e-3);
        assertThat(Math.abs(new SkewKl(1 - .1).nats(P, Q) - .313751)).isGreaterThan(5e-3);
        assertThat(Math.abs(new ForwardKl().nats(Q, P) - .386225)).isGreaterThan(5e-2);
    }

    @Test
    void theEndsOfTheirRangesAreTheTwoPlainDivergences() {
        double tiny = 1e-6;
        assertThat(new GeneralizedJsd(tiny).nats(P, Q) / tiny).isCloseTo(.386224, within(PRINTED));
        assertThat(new GeneralizedJsd(1 - tiny).nats(P, Q) / tiny).isCloseTo(.481120, within(PRINTED));
        assertThat(new SkewKl(1e-9).nats(P, Q)).isCloseTo(new ForwardKl().nats(P, Q), within(2e-9));
        assertThat(new SkewReverseKl(1e-9).nats(P, Q)).isCloseTo(new ReverseKl().nats(P, Q), within(2e-9));
    }

    @Test
    void skewedOnesNeverExceedMinusTheLogarithmOfTheSkew() {
        for (int seed = 0; seed < 1000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] p = softmax(random.doubles(20).map(u -> 3 * normal(random)).toArray());
            double[] q = softmax(random.doubles(20).map(u -> 3 * normal(random)).toArray());
            for (Divergence divergence : List.of(new SkewKl(.1), new SkewReverseKl(.1))) {
                assertThat(divergence.nats(p, q))
                        .as("%s, seed %d", divergence, seed)
                        .isBetween(0.0, 2.302585);
            }
        }
    }

    @Test
    void gradientsAreThoseOfTheFormulas() {
        double[] q = softmax(STUDENT_LOGITS);
        assertThat(new ReverseKl().nats(TEACHER, q)).isCloseTo(.676539, within(PRINTED));
        assertThat(new ReverseKl().gradient(TEACHER, q))
                .containsExactly(new double[] {-.257457, .278643, -.182205, .161019}, within(PRINTED));
        assertThat(new GeneralizedJsd(.3).nats(TEACHER, q)).isCloseTo(.137989, within(PRINTED));
        assertThat(new GeneralizedJsd(.3).gradient(TEACHER, q))
                .containsExactly(new double[] {-.067475, .056965, -.019381, .029892}, within(PRINTED));
        assertThat(new ForwardKl().gradient(TEACHER, q))
                .containsExactly(new double[] {-.451633, .330229, -.048531, .169935}, within(PRINTED));
    }

    @Test
    void gradientsAreDerivativesAndMissWithTheWrongSign() {
        for (Divergence divergence : ALL) {
            double[] analytic = divergence.gradient(TEACHER, softmax(STUDENT_LOGITS));
            double[] measured = new double[analytic.length];
            for (int v = 0; v < measured.length; v++) {
                measured[v] = (shifted(divergence, v, 1e-6) - shifted(divergence, v, -1e-6)) / 2e-6;
            }
            assertThat(analytic).as(divergence.kind()).containsExactly(measured, within(1e-9));
            assertThat(Math.abs(-analytic[0] - measured[0]))
                    .as(divergence.kind())
                    .isGreaterThan(1e-2);
        }
    }

    @Test
    void nothingIsOwedWhereTheTeacherHasNoMass() {
        double[] p = {1, 0};
        double[] q = {.25, .75};
        assertThat(new ForwardKl().nats(p, q)).isCloseTo(Math.log(4), within(1e-12));
        assertThat(new ReverseKl().nats(p, q)).isInfinite();
        assertThat(new GeneralizedJsd(.5).nats(p, q)).isBetween(0.0, Math.log(2));
        assertThat(new SkewReverseKl(.1).nats(p, q)).isBetween(0.0, -Math.log(.1));
    }

    @Test
    void namesAreThoseOfTheConfiguration() {
        for (Divergence divergence : ALL) {
            assertThat(Divergence.of(divergence.kind(), .3, .1)).isEqualTo(divergence);
        }
        assertThat(Divergence.of("generalised-jsd", 0, .1)).isEqualTo(new ForwardKl());
        assertThat(Divergence.of("generalised-jsd", 1, .1)).isEqualTo(new ReverseKl());
        assertThatThrownBy(() -> Divergence.of("kl", .5, .1))
                .hasMessageContaining("'kl' is unknown, expected one of forward-kl");
        assertThatThrownBy(() -> Divergence.of("generalised-jsd", 1.5, .1)).hasMessageContaining("expected [0, 1]");
        assertThatThrownBy(() -> Divergence.of("skew-kl", .5, 0)).hasMessageContaining("expected (0, 1)");
    }

    private static double shifted(Divergence divergence, int v, double by) {
        double[] logits = STUDENT_LOGITS.clone();
        logits[v] += by;
        return divergence.nats(TEACHER, softmax(logits));
    }

    private static double normal(SplittableRandom random) {
        double first = random.nextDouble();
        return Math.sqrt(-2 * Math.log1p(-first)) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    static double[] softmax(double... logits) {
        double[] law = new double[logits.length];
        double sum = 0;
        for (int v = 0; v < law.length; v++) {
            law[v] = Math.exp(logits[v]);
            sum += law[v];
        }
        for (int v = 0; v < law.length; v++) {
            law[v] /= sum;
        }
        return law;
    }
}
