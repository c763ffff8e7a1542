package dev.understudy.budget.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceCurvesTest {
    @Test
    void curvesSurviveTheManifest() {
        long[] counts = new long[PriceScale.BINS];
        counts[3] = 7;
        counts[31] = 120;

        Map<String, String> settings = new HashMap<>(PriceCurves.toSettings(Map.of("order:c2", counts)));
        settings.put("distil.steps", "400");

        assertThat(PriceCurves.fromSettings(settings))
                .containsOnlyKeys("order:c2")
                .hasEntrySatisfying(
                        "order:c2",
                        curve -> assertThat(curve)
                                .hasSize(PriceScale.BINS)
                                .startsWith(0L, 0L, 0L, 7L)
                                .endsWith(120L));
    }

    @Test
    void malformedAndEmptyCurvesAreLeftOut() {
        String empty = "0" + ",0".repeat(PriceScale.BINS - 1);

        assertThat(PriceCurves.fromSettings(Map.of(
                        "gate.needed-prices.a", "1,2", "gate.needed-prices.b", "x", "gate.needed-prices.c", empty)))
                .isEmpty();
    }
}
