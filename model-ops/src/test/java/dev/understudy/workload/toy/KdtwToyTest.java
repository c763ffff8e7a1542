package dev.understudy.workload.toy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every figure of the method's list of tests; the references stand beside what is measured. */
class KdtwToyTest {
    @Test
    void reproducesEveryExactFigure() {
        List<ToyCheck> checks = KdtwToy.exact();
        assertThat(checks).hasSizeGreaterThan(80).allSatisfy(KdtwToyTest::holds);
    }

    @Test
    void learnsWhatTheExactOptimumSays() {
        assertThat(KdtwToy.learned()).hasSize(16).allSatisfy(KdtwToyTest::holds);
    }

    @Test
    void beatsItsRivalsOnEveryTree() {
        assertThat(KdtwToy.experiment()).hasSize(26).allSatisfy(KdtwToyTest::holds);
    }

    @Test
    void rivalsHaveTheirReferenceFigures() {
        assertThat(BaselinesToy.frontier()).hasSize(37).allSatisfy(KdtwToyTest::holds);
    }

    @Test
    void saysWhatWasMissed() {
        assertThat(ToyCheck.equal("T0", "a figure", 2, 1, 0.5).text()).contains("seen 2", "expected 1", "MISSED");
        assertThat(ToyCheck.atMost("T0", "a figure", 1, 2).text())
                .contains("at most 2")
                .doesNotContain("MISSED");
        assertThat(ToyCheck.atLeast("T0", "a figure", 1, 2).text()).contains("at least 2", "MISSED");
    }

    private static void holds(ToyCheck check) {
        assertThat(check.holds()).as(check.text()).isTrue();
    }
}
