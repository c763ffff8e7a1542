package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static dev.understudy.signal.Author.STUDENT;
import static dev.understudy.signal.Author.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.RowHead;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A student that asks by its vocabulary: it says the ask token where the third token of a completion is due. */
class DecoderRowTest {
    private static final int ASK = 40;
    private static final int TOLD = 43;
    private static final int ASKED_AT = 2;
    private static final int[] PROMPT = {1, 2, 3};
    private static final int OWN = 7;
    private static final int TAUGHT = 9;

    private final Stage stage = new Stage(new FakeTeacher(tokens -> new Law(TAUGHT, 0.99)));
    private final List<int[]> read = new ArrayList<>();
    private final ScriptedLanguageModel student = new ScriptedLanguageModel(Stage.V, 24, this::law);

    /** Wants to write a token of the budget, which must never be heard, then the ask token, then words of its own. */
    private Law law(int[] tokens) {
        read.add(tokens.clone());
        int position = tokens.length - 1 - PROMPT.length;
        return new Law(position == ASKED_AT ? ASK : position == ASKED_AT - 1 ? TOLD : OWN, 0.9);
    }

    private Decoder decoder(AskPolicy policy, Trace trace) {
        AskEntries entries = new AskEntries(ASK, new double[] {0.1, 0.3}, new int[] {42, TOLD}, trace);
        AskConfig ask = new AskConfig(policy, 0, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        return stage.decoder(DecodeConfig.of(2, List.of(Stage.END), ask), student, RowHead.unpriced(entries));
    }

    private static AskPolicy asking() {
        return new AskPolicy.AskToken(Action.THRESHOLD);
    }

    private int[] lastRead() {
        return read.get(read.size() - 1);
    }

    @Test
    void itReadsItsBudgetBeforeThePromptAndTheTeachersTokenAlone() {
        Decoder decoder = decoder(asking(), Trace.NONE);
        decoder.admit(prompt("p", 6, PROMPT));
        stage.run(decoder);

        WrittenTokens written = stage.written("p");
        assertThat(written.authors()).containsExactly(STUDENT, STUDENT, TEACHER, STUDENT, STUDENT, STUDENT);
        assertThat(read.get(0)).containsExactly(TOLD, 1, 2, 3);
        int[] ids = written.ids();
        assertThat(lastRead()).containsExactly(TOLD, 1, 2, 3, ids[0], ids[1], ids[2], ids[3], ids[4]);
        assertThat(ids[2]).isEqualTo(TAUGHT);
    }

    @Test
    void anAskThatIsKeptStandsBeforeTheTeachersToken() {
        Decoder decoder = decoder(asking(), Trace.KEPT);
        decoder.admit(prompt("p", 6, PROMPT));
        stage.run(decoder);

        WrittenTokens written = stage.written("p");
        assertThat(written.authors()).containsExactly(STUDENT, STUDENT, TEACHER, STUDENT, STUDENT, STUDENT);
        int[] ids = written.ids();
        assertThat(lastRead()).containsExactly(TOLD, 1, 2, 3, ids[0], ids[1], ASK, ids[2], ids[3], ids[4]);
    }

    @Test
    void neitherTeacherNorCompletionSeesAnEntry() {
        for (Trace trace : Trace.values()) {
            Decoder decoder = decoder(asking(), trace);
            decoder.admit(prompt("greedy " + trace, 6, PROMPT));
            Sampling drawn = new Sampling(1, 0, 1, 5, List.of(), List.of());
            decoder.admit(prompt("drawn " + trace, 6, drawn, PROMPT));
            stage.run(decoder);
        }
        assertThat(stage.finished).hasSize(4);
        assertThat(stage.teacher.looks).isNotEmpty();
        for (Look look : stage.teacher.looks) {
            assertThat(look.promptIds()).containsExactly(PROMPT);
            assertThat(look.completionIds()).doesNotContain(ASK, 42, TOLD);
        }
        stage.finished
                .values()
                .forEach(sequence ->
                        assertThat(sequence.sequence().written().ids()).doesNotContain(ASK, 42, TOLD));
    }

    @Test
    void underAPolicyThatTellsNoBudgetItReadsWhatItReadAlone() {
        Decoder decoder = decoder(new AskPolicy.Confidence(0.5), Trace.KEPT);
        decoder.admit(prompt("p", 5, PROMPT));
        stage.run(decoder);

        int[] ids = stage.written("p").ids();
        assertThat(stage.written("p").authors()).contains(TEACHER);
        assertThat(lastRead()).containsExactly(1, 2, 3, ids[0], ids[1], ids[2], ids[3]);
    }

    @Test
    void aResumedSequenceReadsTheSame() {
        Decoder first = decoder(asking(), Trace.KEPT);
        first.admit(prompt("p", 6, PROMPT));
        while (read.size() < 6) {
            stage.turn(first);
        }
        List<SequenceSnapshot> state = first.snapshot();
        first.close();
        assertThat(state.get(0).written().authors()).contains(TEACHER);

        Decoder second = decoder(asking(), Trace.KEPT);
        state.forEach(second::resume);
        stage.run(second);

        int[] ids = stage.written("p").ids();
        assertThat(lastRead()).containsExactly(TOLD, 1, 2, 3, ids[0], ids[1], ASK, ids[2], ids[3], ids[4]);
    }

    @Test
    void whatItReadsBesidesTheTextCountsAgainstTheContext() {
        for (Trace trace : Trace.values()) {
            Decoder decoder = decoder(asking(), trace);
            decoder.admit(prompt("p" + trace, 100, PROMPT));
            stage.run(decoder);

            SequenceSnapshot end = stage.end("p" + trace).sequence();
            assertThat(end.stop()).isEqualTo(StopReason.CONTEXT);
            assertThat(end.written().size()).isEqualTo(24 - 3 - (trace == Trace.KEPT ? 2 : 1));
        }
    }
}
