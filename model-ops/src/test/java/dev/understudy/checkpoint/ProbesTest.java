package dev.understudy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.BigramModel;
import dev.understudy.lm.Kernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final int[] NEXT = {1, 2, 3, 0};

    private final List<Probe> probes =
            Probes.of(BigramModel.preferring(NEXT, 2), List.of(new int[] {0, 1}, new int[] {3}), 3);

    @Test
    void theSameModelAnswersItsOwnProbes() {
        assertThat(probes.get(0).topIds()[0]).isEqualTo(2);
        assertThat(probes.get(0).topIds()).hasSize(3);
        assertThat(Probes.objection(BigramModel.preferring(NEXT, 2), probes, Kernel.FP32))
                .isEmpty();
    }

    @Test
    void aSlightlyDifferentModelPassesOnlyTheLooserBound() {
        BigramModel rounded = BigramModel.preferring(NEXT, 2.02f);
        assertThat(Probes.objection(rounded, probes, Kernel.FP32).orElseThrow())
                .contains("probe 0 gives id 2")
                .contains("within 0.001");
        assertThat(Probes.objection(rounded, probes, Kernel.FP16)).isEmpty();
    }

    @Test
    void anotherModelPassesNeither() {
        BigramModel other = BigramModel.preferring(new int[] {2, 3, 0, 1}, 2);
        assertThat(Probes.objection(other, probes, Kernel.FP16)).isPresent();
    }

    @Test
    void aModelOfNoNumbersPassesNeither() {
        BigramModel broken = BigramModel.preferring(NEXT, Float.NaN);
        assertThat(Probes.objection(broken, probes, Kernel.FP16)).isPresent();
    }

    @Test
    void aSmallerVocabularyIsAnObjectionAndNoCrash() {
        BigramModel small = BigramModel.preferring(new int[] {1, 0}, 2);
        assertThat(Probes.objection(small, probes.subList(1, 2), Kernel.FP32).orElseThrow())
                .contains("the model has 2");
    }
}
