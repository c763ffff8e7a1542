package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static dev.understudy.signal.Author.STUDENT;
import static dev.understudy.signal.Author.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.ask.AskStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a sequence carries for a learned head. The stage's student is wrong where a third, a sixth, ... token is due.
 */
class DecoderHeadTest {
    private static final double ONE = Math.log(0.75);

    private final Stage stage = new Stage();
    private final List<Double> survivals = new ArrayList<>();

    /** Doubts every token by a quarter and asks at given positions. */
    private AskHead askingAt(Integer... positions) {
        return new AskHead() {
            @Override
            public int hiddenWidth() {
                return 8;
            }

            @Override
            public void logits(AskStep step, float[] logits) {
                for (int i = 0; i < step.count(); i++) {
                    survivals.add(step.survival[i]);
                    step.doubt[i] = 0.25;
                    logits[i] = Set.of(positions).contains(step.position[i]) ? 4 : -4;
                }
            }
        };
    }

    private Decoder decoder(AskHead head) {
        AskConfig ask = new AskConfig(
                new AskPolicy.AskToken(Action.THRESHOLD), 0, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        return stage.decoder(DecodeConfig.of(2, List.of(Stage.END), ask), stage.student, head);
    }

    @Test
    void everyOwnTokenLowersTheSurvivalAndAnAnswerSettlesIt() {
        Decoder decoder = decoder(askingAt(0, 3));
        decoder.admit(prompt("p", 6, 1, 2, 3));
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsExactly(TEACHER, STUDENT, STUDENT, TEACHER, STUDENT, STUDENT);
        assertSurvivals(0, 0, ONE, 2 * ONE, 0, ONE);
    }

    @Test
    void aTextThatTheTeacherDoesNotShareIsLost() {
        Decoder decoder = decoder(askingAt(2));
        decoder.admit(prompt("p", 5, 1, 2, 3));
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsExactly(STUDENT, STUDENT, TEACHER, STUDENT, STUDENT);
        assertSurvivals(0, ONE, 2 * ONE, -50, -50 + ONE);
    }

    @Test
    void aResumedSequenceKnowsItsSurvival() {
        Decoder first = decoder(askingAt(0));
        first.admit(prompt("p", 6, 1, 2, 3));
        while (survivals.size() < 4) {
            stage.turn(first);
        }
        List<SequenceSnapshot> state = first.snapshot();
        first.close();
        survivals.clear();

        Decoder second = decoder(askingAt(0));
        state.forEach(second::resume);
        stage.run(second);

        assertThat(state.get(0).help().survival()).isCloseTo(3 * ONE, within(1e-12));
        assertSurvivals(3 * ONE, 4 * ONE);
        assertThat(stage.end("p").sequence().help().survival()).isCloseTo(5 * ONE, within(1e-12));
    }

    private void assertSurvivals(double... expected) {
        assertThat(survivals).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(survivals.get(i)).as("at position %d", i).isCloseTo(expected[i], within(1e-12));
        }
    }
}
