package dev.understudy.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frequencies over 40,000 draws against probabilities computed in sight; the first row of the logits is a decoy. */
class SamplerTest {
    private static final float[] LOGITS = {
        9, 9, 9, 9, (float) Math.log(0.1), (float) Math.log(0.4), (float) Math.log(0.2), (float) Math.log(0.3)
    };
    private final Sampler sampler = new Sampler();

    @Test
    void drawsFromTheWholeDistribution() {
        assertThat(frequencies(1, 0, 1)).containsExactly(new double[] {0.1, 0.4, 0.2, 0.3}, within(0.01));
    }

    @Test
    void temperatureSharpens() {
        // Squares 0.01, 0.16, 0.04, 0.09 over their sum 0.30.
        assertThat(frequencies(0.5, 0, 1)).containsExactly(new double[] {0.0333, 0.5333, 0.1333, 0.3}, within(0.01));
    }

    @Test
    void topKKeepsTheKMostProbable() {
        assertThat(frequencies(1, 2, 1)).containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(0.01));
    }

    @Test
    void topPKeepsTheSmallestSetWithThatMass() {
        assertThat(frequencies(1, 0, 0.75)).containsExactly(new double[] {0, 4 / 9.0, 2 / 9.0, 3 / 9.0}, within(0.01));
    }

    @Test
    void topPOfNearlyNothingKeepsTheMostProbable() {
        assertThat(frequencies(1, 0, 1e-9)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
    }

    @Test
    void drawsOfDifferentPositionsPurposesPromptsAndSeedsDiffer() {
        Draws draws = Draws.of(new PromptId("p"), 1);

        assertThat(List.of(
                        draws.uniform(0, Draws.Purpose.SAMPLE),
                        draws.uniform(1, Draws.Purpose.SAMPLE),
                        draws.uniform(0, Draws.Purpose.ASK),
                        Draws.of(new PromptId("q"), 1).uniform(0, Draws.Purpose.SAMPLE),
                        Draws.of(new PromptId("p"), 2).uniform(0, Draws.Purpose.SAMPLE)))
                .doesNotHaveDuplicates();
    }

    private double[] frequencies(double temperature, int topK, double topP) {
        Sampling sampling = new Sampling(temperature, topK, topP, 3, List.of(), List.of());
        Draws draws = Draws.of(new PromptId("p"), 3);
        double[] counts = new double[4];
        for (int i = 0; i < 40_000; i++) {
            counts[sampler.choose(LOGITS, 4, 4, sampling.warp(), null, draws.uniform(i, Draws.Purpose.SAMPLE))] +=
                    1 / 40_000.0;
        }
        return counts;
    }
}
