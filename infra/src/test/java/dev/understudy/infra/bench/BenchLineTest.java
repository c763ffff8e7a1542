package dev.understudy.infra.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figures of the benches against Python, as programs and people read them. */
class BenchLineTest {
    private static final Ratios RATIOS = Ratios.of(new double[] {1.5, 1.25, 2});

    @Test
    void aLineOfDecodingIsOneFlatObjectWithOrWithoutAPeer() {
        DecodeBench.Other other = new DecodeBench.Other("llama.cpp", 50.0, RATIOS, 1.4, 0.94);
        List<String> names = List.of(
                "rows",
                "kernel",
                "tokensPerSecond",
                "rooflineShare",
                "peer",
                "pythonTokensPerSecond",
                "ratio",
                "lowestRatio",
                "highestRatio",
                "cpuRatio",
                "sameTokens");
        ObjectNode beside = json(new DecodeBench.Line(8, "vector", 75, 0.5, other));
        assertThat(beside.fieldNames()).toIterable().containsExactlyElementsOf(names);
        assertThat(beside.path("ratio").asDouble()).isEqualTo(1.5);
        assertThat(beside.path("lowestRatio").asDouble()).isEqualTo(1.25);
        assertThat(beside.path("highestRatio").asDouble()).isEqualTo(2);
        ObjectNode alone = json(new DecodeBench.Line(8, "vector", 75, 0.5, DecodeBench.Other.NONE));
        assertThat(alone.fieldNames()).toIterable().containsExactlyElementsOf(names);
        assertThat(alone.path("ratio").isNull()).isTrue();
    }

    @Test
    void aLineOfTrainingIsOneFlatObject() {
        TrainBench.Other other = new TrainBench.Other("trl", 50.0, 900L, RATIOS);
        assertThat(json(new TrainBench.Line("live", "bf16", 75, 0.5, 700, other))
                        .fieldNames())
                .toIterable()
                .containsExactly(
                        "signals",
                        "teacherKernel",
                        "tokensPerSecond",
                        "rooflineShare",
                        "peakMegabytes",
                        "peer",
                        "pythonTokensPerSecond",
                        "pythonPeakMegabytes",
                        "ratio",
                        "lowestRatio",
                        "highestRatio");
    }

    @Test
    void turnsTooShortToCountHaveNoRatioByProcessorTime() {
        assertThat(DecodeBench.counted(new double[] {1.5, Double.POSITIVE_INFINITY, 1.25}))
                .isEqualTo(1.5);
        assertThat(DecodeBench.counted(new double[] {1.5, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY}))
                .isNull();
        assertThat(DecodeBench.counted(new double[] {Double.NaN})).isNull();
        assertThat(DecodeBench.counted(new double[] {0})).isNull();
        DecodeBench.Other other = new DecodeBench.Other("llama.cpp", 50.0, RATIOS, null, 0.94);
        assertThat(DecodeBench.text(new DecodeBench.Line(8, "vector", 75, 0.5, other)))
                .contains("ratio 1.50 (1.25 to 2.00), - by processor time");
    }

    private static ObjectNode json(Object line) {
        return new ObjectMapper().valueToTree(line);
    }
}
