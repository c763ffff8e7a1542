package dev.understudy.distil.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.distil.path.AskMultiplier.Bounds;
import dev.understudy.distil.path.AskMultiplier.Constraint;
import org.junit.jupiter.api.Test;

class AskMultiplierTest {
    @Test
    void risesAboveTheBudgetAndFallsBelowIt() {
        AskMultiplier multiplier = new AskMultiplier(0.3, 0.5, Bounds.WIDE);
        multiplier.observe(32, 100);
        multiplier.ascend(0.05);
        assertThat(multiplier.price()).isCloseTo(0.501, within(1e-12));
        multiplier.observe(20, 100);
        multiplier.ascend(0.05);
        assertThat(multiplier.price()).isCloseTo(0.496, within(1e-12));
        assertThat(multiplier.use()).isEqualTo(0.2);
        assertThat(multiplier.budget()).isEqualTo(0.3);
    }

    @Test
    void standsStillWithoutUseThatWasFreeToAsk() {
        AskMultiplier multiplier = new AskMultiplier(0.3, 0.5, Bounds.WIDE);
        multiplier.observe(0, 0);
        multiplier.ascend(1);
        assertThat(multiplier.price()).isEqualTo(0.5);
    }

    @Test
    void stopsAtItsBounds() {
        AskMultiplier multiplier = new AskMultiplier(0.1, 5, new Bounds(0.3, 2, 0));
        assertThat(multiplier.price()).isEqualTo(2);
        multiplier.observe(0, 10);
        for (int i = 0; i < 100; i++) {
            multiplier.ascend(1);
        }
        assertThat(multiplier.price()).isEqualTo(0.3);
    }

    @Test
    void remembersEarlierUse() {
        AskMultiplier multiplier = new AskMultiplier(0.1, 1, new Bounds(0, 10, 0.7));
        multiplier.observe(1, 10);
        multiplier.observe(0, 10);
        assertThat(multiplier.use()).isCloseTo(0.07, within(1e-12));
    }

    @Test
    void hingePricesOnlyWhatIsBeyondTheAllowance() {
        assertThat(Constraint.HINGE.price(3, 1, 2)).isZero();
        assertThat(Constraint.HINGE.price(3, 2, 2)).isEqualTo(3);
        assertThat(Constraint.LINEAR.price(3, 0, 2)).isEqualTo(3);
    }

    @Test
    void refusesBoundsAndBudgetsOutOfRange() {
        assertThatThrownBy(() -> new AskMultiplier(1.5, 0, Bounds.WIDE)).hasMessageContaining("budget.prompt.levels");
        assertThatThrownBy(() -> new Bounds(2, 1, 0)).hasMessageContaining("0 <= floor < max");
    }
}
