package dev.understudy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FreeWordingTest {
    private static final Example PLAIN = new Example(Workload.ORDER_C1, "order c1 | two mugs", "{\"qty\":2}");

    @Test
    void theLineSaysNoteAndTheAnswerEndsInAMessage() {
        Example worded = FreeWording.of(PLAIN, new SplittableRandom(1));
        assertThat(worded.prompt()).isEqualTo("order note c1 | two mugs");
        assertThat(worded.answer()).startsWith("{\"qty\":2,\"msg\":\"").endsWith("\"}");
    }

    @Test
    void anyOfTwelveWordingsIsRightAndNothingElse() {
        SplittableRandom random = new SplittableRandom(1);
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            answers.add(FreeWording.of(PLAIN, random).answer());
        }
        assertThat(answers).hasSize(12);
        String gold = answers.iterator().next();
        assertThat(answers).allMatch(answer -> FreeWording.matches(answer, gold));
        assertThat(FreeWording.matches(gold.replace("\"qty\":2", "\"qty\":3"), gold))
                .isFalse();
        assertThat(FreeWording.matches("{\"qty\":2,\"msg\":\"whatever\"}", gold))
                .isFalse();
        assertThat(FreeWording.matches("{\"qty\":2}", gold)).isFalse();
        assertThat(FreeWording.matches("", gold)).isFalse();
        assertThat(FreeWording.matches("{\"qty\":2}", "{\"qty\":2}")).isTrue();
    }
}
