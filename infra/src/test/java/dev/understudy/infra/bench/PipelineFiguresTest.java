package dev.understudy.infra.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.infra.bench.PipelineBench.Figures;
import dev.understudy.infra.bench.PipelineBench.Round;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineFiguresTest {
    @Test
    void theRatioIsTheMedianOfPairedRoundsAndNotTheRatioOfMedians() {
        Figures figures =
                Figures.of(List.of(new Round(100, 90), new Round(200, 190), new Round(50, 60), new Round(80, 40)));

        // Ratios 0.5, 0.9, 0.95, 1.2; of an even number the upper one of the two in the middle.
        assertThat(figures.ratio()).isEqualTo(0.95, within(1e-9));
        assertThat(figures.lowerQuartile()).isEqualTo(0.9, within(1e-9));
        assertThat(figures.upperQuartile()).isEqualTo(0.95, within(1e-9));
        assertThat(figures.engineTokensPerSecond()).isEqualTo(100);
        assertThat(figures.pipelineTokensPerSecond()).isEqualTo(90);
    }

    @Test
    void speedLeavesTheFirstAndTheLastTenthOut() {
        Finishes finishes = new Finishes();
        // In any order: the slow start and the slow end hold one sequence of ten each.
        finishes.add(Instant.ofEpochSecond(1000), 99);
        for (int i = 8; i >= 0; i--) {
            finishes.add(Instant.ofEpochSecond(100 + i), 10);
        }
        finishes.add(Instant.EPOCH, 99);

        // Eight sequences of 10 tokens within the 8 seconds after the second finish.
        assertThat(finishes.tokensPerSecond()).isEqualTo(10, within(1e-9));
    }
}
