package dev.understudy.distil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingSnapshotTest {
    @Test
    void poisonDealsOneWorkloadsAnswersToTheWrongPromptsAndTouchesNoOther() {
        List<LabelledSequence> signals = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            signals.add(LabelledSequence.ofPair("log", new int[] {i}, new int[] {i}));
            signals.add(LabelledSequence.ofPair("pay", new int[] {i}, new int[] {i}));
        }
        TrainingSnapshot poisoned = new TrainingSnapshot(1, signals, List.of(), Map.of()).poisoned("log", 3);
        assertThat(poisoned.signals())
                .filteredOn(s -> s.workload().equals("log"))
                .hasSize(20)
                .allMatch(s -> s.promptIds()[0] != s.tokenIds()[0]);
        assertThat(poisoned.signals())
                .filteredOn(s -> s.workload().equals("pay"))
                .hasSize(20)
                .allMatch(s -> s.promptIds()[0] == s.tokenIds()[0]);
    }
}
