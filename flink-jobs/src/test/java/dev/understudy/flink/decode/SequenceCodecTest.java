package dev.understudy.flink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.HelpState;
import dev.understudy.decode.HelpUsed;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.decode.StopReason;
import dev.understudy.decode.WrittenTokens;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.signal.Author;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SequenceCodecTest {
    private static final TeacherDistribution LAW =
            new TeacherDistribution(new int[] {5, 9}, new float[] {-0.1f, -2.5f});

    private static final Warp WARP = new Warp(0.7, 40, 0.95, 0.05, 1.1, Map.of(7, -2.5, 3, 1.0));

    private static SequenceSnapshot sequence(@Nullable StopReason stop) {
        Prompt prompt = new Prompt(
                new PromptId("p-1"),
                "acme",
                "orders",
                new int[] {3, 1, 4},
                new Sampling(WARP, -3, List.of(2, 7), List.of("\n", "Ende ü")),
                17,
                true,
                Instant.ofEpochMilli(1234));
        WrittenTokens written = new WrittenTokens(
                new int[] {8, 5},
                List.of(Author.STUDENT, Author.TEACHER),
                new int[] {8, 6},
                new float[] {0.9f, 0.3f},
                new float[] {0.2f, 0.8f},
                Arrays.asList(null, LAW));
        return new SequenceSnapshot(
                prompt,
                "v-3",
                written,
                new HelpUsed(
                        HelpState.EXHAUSTED, 4, 1, 2, new HelpUsed.Drafts(9, 3), new HelpUsed.Outlay(77, 12), -0.25),
                stop,
                Instant.ofEpochMilli(99),
                2);
    }

    @Test
    void aSequenceComesBackAsItWas() {
        SequenceSnapshot sequence = sequence(StopReason.MAX_TOKENS);

        SequenceSnapshot back = SequenceCodec.decode(SequenceCodec.encode(sequence));

        assertThat(back).usingRecursiveComparison().isEqualTo(sequence);
    }

    @Test
    void aRunningSequenceHasNoStopReason() {
        assertThat(SequenceCodec.decode(SequenceCodec.encode(sequence(null))).stop())
                .isNull();
    }

    /** Bytes that version 1 of the layout wrote for {@link #sequence}: no difficulties, drafts, penalties. */
    @Test
    void theFirstLayoutIsStillRead() throws IOException {
        SequenceSnapshot sequence = sequence(StopReason.MAX_TOKENS);

        SequenceSnapshot back;
        try (InputStream golden = SequenceCodecTest.class.getResourceAsStream("/state/sequence-v1.bin")) {
            back = SequenceCodec.decode(golden.readAllBytes());
        }

        assertThat(back.prompt())
                .usingRecursiveComparison()
                .ignoringFields("sampling.warp")
                .isEqualTo(sequence.prompt());
        assertThat(back.prompt().sampling().warp()).isEqualTo(new Warp(0.7, 40, 0.95, 0, 1, Map.of()));
        assertThat(back.written().ids()).containsExactly(8, 5);
        assertThat(back.written().difficulty()).containsExactly(1 - 0.9f, 1 - 0.3f);
        assertThat(back.help()).isEqualTo(new HelpUsed(HelpState.EXHAUSTED, 4, 1, 2));
        assertThat(back.resumed()).isEqualTo(2);
    }

    @Test
    void anUnknownLayoutIsRefusedWithARemedy() {
        byte[] bytes = SequenceCodec.encode(sequence(null));
        bytes[0] = 9;

        assertThatThrownBy(() -> SequenceCodec.decode(bytes))
                .hasMessageContaining("layout 9")
                .hasMessageContaining("Restore with the program that wrote");
    }
}
