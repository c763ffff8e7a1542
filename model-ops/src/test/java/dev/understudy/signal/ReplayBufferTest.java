package dev.understudy.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {
    private static final long ONE = pair("order", 0).bytes();
    private static final ReplayConfig TEN = new ReplayConfig(10 * ONE, 0.5, 0, 3, 7);

    @Test
    void neverExceedsItsBytes() {
        ReplayBuffer buffer = filled(TEN, "order", 1000);
        assertThat(buffer.bytes()).isLessThanOrEqualTo(10 * ONE);
        assertThat(buffer.signals()).hasSize(10);
        assertThat(buffer.accepted()).isEqualTo(1000);
    }

    @Test
    void keepsTheNewestAndAReservoirOverTheRest() {
        List<Integer> kept = filled(TEN, "order", 1000).signals().stream()
                .map(signal -> signal.promptIds()[0])
                .toList();
        assertThat(kept.subList(5, 10)).containsExactly(995, 996, 997, 998, 999);
        assertThat(kept.subList(0, 5)).allMatch(prompt -> prompt < 995).anyMatch(prompt -> prompt < 500);
    }

    @Test
    void theReservoirIsUniform() {
        int early = 0;
        for (int seed = 0; seed < 400; seed++) {
            ReplayBuffer buffer = filled(new ReplayConfig(10 * ONE, 0.5, 0, 3, seed), "order", 105);
            early += (int) buffer.signals().subList(0, 5).stream()
                    .filter(signal -> signal.promptIds()[0] < 50)
                    .count();
        }
        // 2000 draws, half of the 100 older prompts are early: 1000 expected, standard deviation 22.
        assertThat(early).isBetween(900, 1100);
    }

    @Test
    void aNewWorkloadTakesItsShareOfTheBytes() {
        ReplayBuffer buffer = filled(TEN, "order", 100);
        for (int i = 0; i < 100; i++) {
            buffer.offer(pair("pay", i));
        }
        assertThat(buffer.signals())
                .filteredOn(s -> s.workload().equals("order"))
                .hasSizeBetween(4, 5);
        assertThat(buffer.signals()).filteredOn(s -> s.workload().equals("pay")).hasSizeBetween(4, 5);
    }

    @Test
    void aRepeatedPromptReplacesItsFormerSelf() {
        ReplayBuffer buffer = new ReplayBuffer(TEN);
        LabelledSequence later =
                LabelledSequence.ofPair("order", pair("order", 1).promptIds(), new int[] {9, 9});
        assertThat(buffer.offer(pair("order", 1))).isEqualTo(ReplayBuffer.Placement.TRAINING);
        assertThat(buffer.offer(later)).isEqualTo(ReplayBuffer.Placement.REPLACED);
        assertThat(buffer.signals()).containsExactly(later);
        assertThat(buffer.bytes()).isEqualTo(later.bytes());
    }

    @Test
    void heldOutPromptsAreNeverTrainedOn() {
        ReplayBuffer buffer = new ReplayBuffer(new ReplayConfig(1 << 20, 0.5, 0.2, 1000, 7));
        for (int i = 0; i < 1000; i++) {
            buffer.offer(pair("order", i));
            buffer.seed(pair("order", i + 5000));
        }
        assertThat(buffer.heldOut()).hasSizeBetween(320, 480).allMatch(s -> buffer.isHeldOut(s.promptHash()));
        assertThat(buffer.signals()).noneMatch(s -> buffer.isHeldOut(s.promptHash()));
        assertThat(buffer.seeds()).noneMatch(s -> buffer.isHeldOut(s.promptHash()));
    }

    @Test
    void holdsOutOnlyWhatIsLabelledEverywhere() {
        ReplayBuffer buffer = new ReplayBuffer(new ReplayConfig(1 << 20, 0.5, 0.5, 1000, 7));
        for (int i = 0; i < 100; i++) {
            LabelledSequence whole = pair("order", i);
            buffer.offer(new LabelledSequence(
                    "order", "a", whole.promptIds(), whole.tokenIds(), whole.positions(), whole.laws(), false));
        }
        assertThat(buffer.heldOut()).isEmpty();
    }

    @Test
    void aRestoredBufferGoesOnAsIfNothingHadHappened() throws IOException {
        ReplayConfig config = new ReplayConfig(10 * ONE, 0.5, 0.2, 3, 7);
        ReplayBuffer original = filled(config, "order", 60);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        original.writeTo(new DataOutputStream(bytes));
        ReplayBuffer restored =
                ReplayBuffer.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), config);
        for (int i = 60; i < 120; i++) {
            original.offer(pair("order", i));
            restored.offer(pair("order", i));
        }
        assertThat(restored.accepted()).isEqualTo(original.accepted());
        assertThat(restored.signals()).usingRecursiveComparison().isEqualTo(original.signals());
        assertThat(restored.heldOut()).usingRecursiveComparison().isEqualTo(original.heldOut());
    }

    private static ReplayBuffer filled(ReplayConfig config, String workload, int count) {
        ReplayBuffer buffer = new ReplayBuffer(config);
        for (int i = 0; i < count; i++) {
            buffer.offer(pair(workload, i));
        }
        return buffer;
    }

    private static LabelledSequence pair(String workload, int prompt) {
        return LabelledSequence.ofPair(workload, new int[] {prompt, 1}, new int[] {2, 0});
    }
}
