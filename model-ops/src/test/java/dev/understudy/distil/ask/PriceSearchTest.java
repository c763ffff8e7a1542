package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.distil.ask.PriceSearch.Found;
import dev.understudy.distil.ask.PriceSearch.Met;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriceSearchTest {
    private final List<Double> tried = new ArrayList<>();

    /** Difficulties 0, 0.001, ... 0.999, whatever is asked for; the cost is what exceeds the price, times a factor. */
    private Met even(double price, double factor) {
        tried.add(price);
        float[] difficulties = new float[1000];
        int above = 0;
        for (int i = 0; i < difficulties.length; i++) {
            difficulties[i] = i / 1000f;
            above += difficulties[i] > price ? 1 : 0;
        }
        return new Met(factor * above / 1000, difficulties);
    }

    @Test
    void aQuantileThatHoldsIsTakenAtOnce() {
        Found found = new PriceSearch(0.1, 5).from(0.5, price -> even(price, 1));
        assertThat(tried).hasSize(2);
        assertThat(found.cost()).isEqualTo(0.1, within(1e-3));
        assertThat(found.price()).isEqualTo(0.899, within(1e-6));
    }

    @Test
    void askingThatMakesTheRestDearerIsBracketed() {
        // Twice as much is spent as the difficulties of the run before let expect.
        Found found = new PriceSearch(0.1, 8).from(0.5, price -> even(price, 2));
        assertThat(found.cost()).isBetween(0.08, 0.1);
        assertThat(found.price()).isEqualTo(0.95, within(0.01));
    }

    @Test
    void aJumpEndsOnItsDearSide() {
        Found found =
                new PriceSearch(0.1, 12).from(0.5, price -> new Met(price > 0.3 ? 0.02 : 0.4, new float[] {0.3f}));
        assertThat(found.cost()).isEqualTo(0.02);
        assertThat(found.price()).isBetween(0.3, 0.35);
    }

    @Test
    void whatAlwaysCostsMoreIsNotAskedFor() {
        Found found = new PriceSearch(0.1, 4).from(0.5, price -> new Met(0.5, new float[] {0.2f}));
        assertThat(found).isEqualTo(new Found(1, 0));
    }
}
