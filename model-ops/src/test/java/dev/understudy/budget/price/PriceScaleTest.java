package dev.understudy.budget.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PriceScaleTest {
    @Test
    void theBinsPriceStillAsksAtTheDifficultyNeeded() {
        for (double needed : new double[] {0.0002, 0.01, 0.0100001, 0.3, 0.75, 0.9, 1}) {
            int bin = PriceScale.bin(needed);

            assertThat(new HelpPrice(PriceScale.price(bin)).asks(needed))
                    .as("needed %s", needed)
                    .isTrue();
        }
    }

    @Test
    void namesTheHighestSuchBin() {
        IntStream.range(0, PriceScale.BINS - 1)
                .forEach(bin ->
                        assertThat(PriceScale.bin(PriceScale.price(bin + 1))).isEqualTo(bin));
        assertThat(PriceScale.bin(1)).isEqualTo(PriceScale.BINS - 1);
        assertThat(PriceScale.bin(0)).isEqualTo(PriceScale.ALWAYS_BIN);
    }

    @Test
    void spansFourDecades() {
        assertThat(PriceScale.price(0)).isCloseTo(1e-4, within(1e-12));
        assertThat(PriceScale.price(16)).isCloseTo(1e-2, within(1e-12));
        assertThat(PriceScale.price(31)).isCloseTo(0.7499, within(1e-4));
        assertThatThrownBy(() -> PriceScale.bin(1.5)).hasMessageContaining("Normalise the difficulty");
    }

    @Test
    void pricesAreReadBackAsTheirBin() {
        IntStream.range(0, PriceScale.BINS)
                .forEach(bin -> assertThat(HelpPrice.ofBin(bin).bin()).isEqualTo(bin));
    }
}
