package dev.understudy.decode.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.token.Vocabulary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AskEntriesTest {
    private static final double[] LEVELS = {0.1, 0.3};

    private static Vocabulary vocabulary(String... tokens) {
        return new Vocabulary(List.of(tokens), Map.of());
    }

    @Test
    void takesByteTokensThatNoTextContains() {
        Vocabulary byteLevel = vocabulary("a", "\u0120", "\u00c0", "\u00c1", "\u00c3", "\u00f5", "\u00f6", "\u00ff");
        AskEntries entries = AskEntries.of(byteLevel, LEVELS, Trace.NONE);

        assertThat(entries.ask()).isEqualTo(2);
        assertThat(entries.tokens()).containsExactly(3, 5);
        assertThat(entries.has(6)).isFalse();

        Vocabulary named = vocabulary("\u00c0", "\u0120", "<0xC0>", "<0xC1>", "<0xC3>", "<0xF5>", "<0xFF>");
        assertThat(AskEntries.of(named, LEVELS, Trace.KEPT).tokens()).containsExactly(3, 5);
    }

    @Test
    void takesNoLetterForAByte() {
        Vocabulary letters = vocabulary("a", "\u2581", "\u00c0", "\u00c1", "\u00f5", "\u00f6", "\u00ff");
        assertThatThrownBy(() -> AskEntries.of(letters, LEVELS, Trace.NONE))
                .hasMessageContaining("has 0 entries that no text contains; 3 are needed")
                .hasMessageContaining("Learn the head form instead");
    }

    @Test
    void tellsTheHighestLevelThatIsNotAboveTheShare() {
        // 0.1 in single precision is a little above 0.1
        AskEntries entries = new AskEntries(1, new double[] {0.1f, 0.3f}, new int[] {3, 4}, Trace.NONE);

        assertThat(entries.token(0)).isEqualTo(-1);
        assertThat(entries.token(0.09)).isEqualTo(-1);
        assertThat(entries.token(0.1)).isEqualTo(3);
        assertThat(entries.token(0.2)).isEqualTo(3);
        assertThat(entries.token(0.3)).isEqualTo(4);
        assertThat(entries.token(1)).isEqualTo(4);
    }

    @Test
    void refusesLevelsThatAreNone() {
        for (double[] levels : List.of(new double[] {0.3, 0.1}, new double[] {0, 0.1}, new double[] {0.1, 1})) {
            assertThatThrownBy(() -> new AskEntries(1, levels, new int[] {3, 4}, Trace.NONE))
                    .hasMessageContaining("expected them to rise within (0, 1)");
        }
        assertThatThrownBy(() -> new AskEntries(1, LEVELS, new int[] {3}, Trace.NONE))
                .hasMessageContaining("2 levels and 1 tokens");
    }
}
