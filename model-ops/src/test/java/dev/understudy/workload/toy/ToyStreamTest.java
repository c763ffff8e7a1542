package dev.understudy.workload.toy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToyStreamTest {
    @Test
    void drawsTheNumbersOfTheReference() {
        assertThat(new ToyStream(7).uniforms(3))
                .containsExactly(0.3898297483912715, 0.01678829452815611, 0.9007606806068834);
    }

    @Test
    void countsCumulativeSumsBelowThePoint() {
        double[] law = {0.2, 0.3, 0.5};
        assertThat(ToyStream.index(law, 0.19)).isZero();
        assertThat(ToyStream.index(law, 0.21)).isEqualTo(1);
        assertThat(ToyStream.index(law, 0.9)).isEqualTo(2);
        assertThat(ToyStream.index(new double[] {0.2, 0.3}, 0.9)).isEqualTo(1);
    }

    @Test
    void permutesByTheOrderOfUniforms() {
        assertThat(new ToyStream(7).permutation(3)).containsExactly(1, 0, 2);
    }

    @Test
    void normalsAndGumbelsHaveTheirMoments() {
        ToyStream stream = new ToyStream(3);
        double sum = 0;
        double squares = 0;
        double gumbels = 0;
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            double normal = stream.normal();
            sum += normal;
            squares += normal * normal;
            gumbels += stream.gumbel();
        }
        assertThat(sum / count).isBetween(-0.03, 0.03);
        assertThat(squares / count).isBetween(0.96, 1.04);
        assertThat(gumbels / count).isBetween(0.5772 - 0.04, 0.5772 + 0.04);
        assertThat(stream.integer(4)).isBetween(0, 3);
    }
}
