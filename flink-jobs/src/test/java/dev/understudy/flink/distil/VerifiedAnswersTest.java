package dev.understudy.flink.distil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.signal.LabelledSequence;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class VerifiedAnswersTest {
    private final VerifiedAnswers answers = new VerifiedAnswers();

    @Test
    void keepsTheNewestOfEachWorkload() {
        for (int i = 0; i < VerifiedAnswers.PER_WORKLOAD + 5; i++) {
            answers.add(answer("log", i, 1));
        }
        answers.add(answer("order", 0, 1));

        assertThat(answers.count("log")).isEqualTo(VerifiedAnswers.PER_WORKLOAD);
        assertThat(answers.count("order")).isEqualTo(1);
        assertThat(answers.all().get(0).promptIds()).containsExactly(5);
    }

    @Test
    void aRepeatedPromptReplacesItsAnswer() {
        answers.add(answer("log", 3, 1));
        answers.add(answer("log", 3, 2));

        assertThat(answers.all())
                .singleElement()
                .satisfies(kept -> assertThat(kept.tokenIds()).containsExactly(2));
    }

    @Test
    void survivesARestart() throws IOException {
        answers.add(answer("log", 3, 1));
        answers.add(answer("order", 4, 2));
        DataOutputSerializer out = new DataOutputSerializer(64);
        answers.writeTo(out);

        VerifiedAnswers restored = new VerifiedAnswers();
        restored.readFrom(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(restored.all()).usingRecursiveComparison().isEqualTo(answers.all());
        assertThat(restored.promptHashes()).isEqualTo(answers.promptHashes());
    }

    private static LabelledSequence answer(String workload, int prompt, int answer) {
        return LabelledSequence.ofPair(workload, new int[] {prompt}, new int[] {answer});
    }
}
