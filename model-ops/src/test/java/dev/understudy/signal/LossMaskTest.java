package dev.understudy.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LossMaskTest {
    private static final int[] PROMPT = {1, 2};

    @Test
    void labelsEverythingThatTheTeacherSawAndAgreesWith() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5=5", "t7=7", "s6=6");
        assertThat(LossMask.labelledPositions(signal)).containsExactly(0, 1, 2);
    }

    @Test
    void endsWithTheFirstUnaskedErrorWhichItKeeps() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5=5", "s6=9", "s7=7", "t8=8");
        assertThat(LossMask.labelledPositions(signal)).containsExactly(0, 1);
    }

    @Test
    void aTokenThatTheTeacherWroteIsNeverAnError() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "t5=6", "s7=7");
        assertThat(LossMask.labelledPositions(signal)).containsExactly(0, 1);
    }

    @Test
    void skipsPositionsWhereNobodyLooked() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5", "t7=7", "s6");
        assertThat(LossMask.labelledPositions(signal)).containsExactly(1);
    }
}
