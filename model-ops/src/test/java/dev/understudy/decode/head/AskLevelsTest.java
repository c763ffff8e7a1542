package dev.understudy.decode.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AskLevelsTest {
    private final AskLevels levels =
            new AskLevels(new double[] {0.1, 0.2}, new double[] {0.2, 0.02}, new double[] {0.1, 0.2});

    @Test
    void givesThePriceOfATrainedLevel() {
        assertThat(levels.priceLogit(0.1)).isCloseTo(Math.log(0.25), within(1e-12));
        assertThat(levels.priceLogit(0.2)).isCloseTo(Math.log(0.02 / 0.98), within(1e-12));
    }

    @Test
    void anUnseenLevelLiesBetweenItsNeighboursAndBeyondTheEndsThePriceStands() {
        double between = levels.priceLogit(0.15);
        assertThat(between).isLessThan(levels.priceLogit(0.1)).isGreaterThan(levels.priceLogit(0.2));
        assertThat(levels.priceLogit(0.01)).isEqualTo(levels.priceLogit(0.1));
        assertThat(levels.priceLogit(0.9)).isEqualTo(levels.priceLogit(0.2));
    }

    @Test
    void neverAsksAtBudgetZeroAndLeavesThePriceAloneWhereNoShareIsAgreedUpon() {
        assertThat(levels.priceLogit(0)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(levels.priceLogit(1)).isZero();
    }

    @Test
    void refusesALevelThatIsNone() {
        assertThatThrownBy(() -> levels.priceLogit(7))
                .hasMessageContaining("level 7")
                .hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> levels.priceLogit(Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void refusesPricesThatRiseWithTheBudget() {
        assertThatThrownBy(() -> new AskLevels(new double[] {0.1, 0.2}, new double[] {0.1, 0.2}, new double[2]))
                .hasMessageContaining("Train it again");
        assertThatThrownBy(() -> new AskLevels(new double[] {0.2, 0.1}, new double[] {0.2, 0.1}, new double[2]))
                .hasMessageContaining("levels that rise");
        assertThatThrownBy(() -> new AskLevels(new double[0], new double[0], new double[0]))
                .hasMessageContaining("0 levels");
    }
}
