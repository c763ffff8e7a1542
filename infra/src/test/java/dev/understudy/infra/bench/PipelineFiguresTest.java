package dev.understudy.infra.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.infra.bench.PipelineBench.Figures;
import dev.understudy.infra.bench.PipelineBench.Round;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineFiguresTest {
    @Test
    void theRatioIsTheMedianOfPairedRoundsAndNotTheRatioOfMedians() {
        Figures figures = Figures.of(List.of(round(100, 90), round(200, 190), round(50, 60), round(80, 40)));

        // Ratios 0.5, 0.9, 0.95, 1.2; of an even number the upper one of the two in the middle.
        assertThat(figures.ratio()).isEqualTo(0.95, within(1e-9));
        assertThat(figures.lowerQuartile()).isEqualTo(0.9, within(1e-9));
        assertThat(figures.upperQuartile()).isEqualTo(0.95, within(1e-9));
        assertThat(figures.engineTokensPerSecond()).isEqualTo(100);
        assertThat(figures.pipelineTokensPerSecond()).isEqualTo(90);
        // The pipeline's thread has a processor half of the time.
        assertThat(figures.ratioPerCpuSecond()).isEqualTo(1.9, within(1e-9));
    }

    private static Round round(double engine, double pipeline) {
        return new Round(new Turn(engine, engine, 1, 0), new Turn(pipeline, 2 * pipeline, 0.5, 0.2));
    }

    @Test
    void aTurnTellsTheDecodingThreadFromTheOthers() {
        Finishes finishes = new Finishes();
        for (int i = 0; i < 10; i++) {
            finishes.add(Instant.ofEpochSecond(i), 10);
        }
        Turn.Start decoding = new Turn.Start(Thread.currentThread().getName());
        // Processor time itself, so that a busy machine changes nothing.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long until = threads.getCurrentThreadCpuTime() + 200_000_000;
        while (threads.getCurrentThreadCpuTime() < until) {
            Thread.onSpinWait();
        }

        Turn mine = decoding.end(finishes);
        // 100 tokens in a little more than 0.2 seconds; 10 tokens a second of the finishes.
        assertThat(mine.tokensPerCpuSecond()).isBetween(250.0, 500.0);
        assertThat(mine.onCpu()).isBetween(0.02, 0.04);
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
