package dev.understudy.decode;

import static dev.understudy.decode.Stage.V;
import static dev.understudy.decode.Stage.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows, versions, stops and resuming: what needs no teacher. */
class DecoderTest {
    private final Stage stage = new Stage();

    @Test
    void studentWritesAloneUnderPolicyNever() {
        Decoder decoder = stage.decoder(4, AskConfig.never());

        decoder.admit(prompt("p", 6, 1, 2, 3));
        stage.run(decoder);

        assertThat(stage.written("p").ids()).isEqualTo(alone(new int[] {1, 2, 3}, 6));
        assertThat(stage.written("p").authors()).containsOnly(Author.STUDENT);
        FinishedSequence finished = stage.end("p");
        assertThat(finished.stop()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(finished.sequence().help()).isEqualTo(HelpUsed.NONE);
        assertThat(finished.intervention()).isEmpty();
        assertThat(finished.text())
                .isEqualTo(new LetterTokenizer(V).decode(stage.written("p").ids()));
        assertThat(stage.teacher.looks).isEmpty();
        assertThat(decoder.isEmpty()).isTrue();
    }

    @Test
    void neighboursInTheBatchChangeNothing() {
        Decoder decoder = stage.decoder(3, AskConfig.never());
        List<Prompt> prompts = IntStream.range(0, 20)
                .mapToObj(i -> prompt("p" + i, 1 + i % 7, 1 + i, 2, 3 + i % 2))
                .toList();

        prompts.forEach(decoder::admit);
        stage.run(decoder);

        assertThat(prompts)
                .allSatisfy(
                        prompt -> assertThat(stage.written(prompt.id().value()).ids())
                                .isEqualTo(alone(prompt.tokenIds(), prompt.maxTokens())));
    }

    @Test
    void rowsOfOneVersionStepTogether() {
        Decoder decoder = stage.decoder(8, AskConfig.never());

        IntStream.range(0, 8).forEach(i -> decoder.admit(prompt("p" + i, 5, 1, i)));
        stage.run(decoder);

        assertThat(stage.student.prefills).isEqualTo(1);
        assertThat(stage.student.steps).isEqualTo(4);
    }

    @Test
    void longPromptIsFedInPiecesWhileOthersGoOn() {
        Decoder decoder = stage.decoder(new DecodeConfig(2, 4, List.of(Stage.END), AskConfig.never()), stage.student);
        int[] longPrompt = IntStream.range(0, 18).toArray();
        decoder.admit(prompt("short", 5, 7));
        decoder.step();

        decoder.admit(prompt("long", 3, longPrompt));
        IntStream.range(0, 4).forEach(i -> decoder.step());

        assertThat(stage.finished).containsOnlyKeys("short");
        stage.run(decoder);
        assertThat(stage.written("long").ids()).isEqualTo(alone(longPrompt, 3));
    }

    @Test
    void slotsAreFreeUntilRowsAndQueueHoldAsManyAsThereAreRows() {
        Decoder decoder = stage.decoder(3, AskConfig.never());

        decoder.admit(prompt("a", 2, 1));
        decoder.step();
        decoder.admit(prompt("b", 2, 1));

        assertThat(decoder.freeSlots()).isEqualTo(1);
        assertThat(decoder.running()).isEqualTo(1);
    }

    @Test
    void endTokenStopsAndBelongsToTheTokensButNotToTheText() {
        Decoder decoder = decoderThatCounts(AskConfig.never(), 46);

        decoder.admit(prompt("p", 30, 46));
        stage.run(decoder);

        assertThat(stage.end("p").stop()).isEqualTo(StopReason.END);
        assertThat(stage.written("p").ids()).containsExactly(47, 48, Stage.END);
        assertThat(stage.end("p").text()).isEqualTo(new LetterTokenizer(V).decode(new int[] {47, 48}));
    }

    @Test
    void stopIdOfThePromptStops() {
        Decoder decoder = decoderThatCounts(AskConfig.never(), 0);

        decoder.admit(prompt("p", 30, new Sampling(0, 0, 1, 0, List.of(5), List.of()), 2));
        stage.run(decoder);

        assertThat(stage.end("p").stop()).isEqualTo(StopReason.STOP_ID);
        assertThat(stage.end("p").text()).isEqualTo("de");
    }

    @Test
    void stopTextStopsAcrossTokensAndIsCutOff() {
        Decoder decoder = decoderThatCounts(AskConfig.never(), 0);

        decoder.admit(prompt("p", 30, new Sampling(0, 0, 1, 0, List.of(), List.of("zz", "fgh")), 2));
        stage.run(decoder);

        assertThat(stage.end("p").stop()).isEqualTo(StopReason.STOP_TEXT);
        assertThat(stage.end("p").text()).isEqualTo("de");
        assertThat(stage.written("p").ids()).containsExactly(3, 4, 5, 6, 7);
    }

    @Test
    void fullContextStops() {
        Decoder decoder = stage.decoder(2, AskConfig.never());

        decoder.admit(prompt("full", 30, new int[64]));
        decoder.admit(prompt("nearly", 30, new int[62]));
        stage.run(decoder);

        assertThat(stage.end("full").stop()).isEqualTo(StopReason.CONTEXT);
        assertThat(stage.written("full").size()).isZero();
        assertThat(stage.end("nearly").stop()).isEqualTo(StopReason.CONTEXT);
        assertThat(stage.written("nearly").size()).isEqualTo(2);
    }

    /** Interrupts after every possible number of turns, with a sampled, a greedy and a helped sequence in flight. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void resumedSequenceEqualsTheUndisturbedOne(int turns) {
        AskConfig ask = new AskConfig(
                new AskPolicy.Confidence(),
                1,
                true,
                AskConfig.never().timeout(),
                AskConfig.never().pause());
        List<Prompt> prompts = List.of(
                prompt("greedy", 9, 4, 5),
                prompt("sampled", 9, new Sampling(1.5, 20, 0.95, 42, List.of(), List.of()), 6),
                prompt("late", 4, 8, 9, 10));
        Stage undisturbed = new Stage();
        Decoder whole = undisturbed.decoder(2, ask);
        prompts.forEach(whole::admit);
        undisturbed.run(whole);

        Decoder first = stage.decoder(2, ask);
        prompts.forEach(first::admit);
        IntStream.range(0, turns).forEach(i -> stage.turn(first));
        List<SequenceSnapshot> state = first.snapshot();
        first.close();
        stage.run(first);
        Decoder second = stage.decoder(2, ask);
        state.forEach(second::resume);
        stage.run(second);

        assertThat(stage.finished).containsOnlyKeys("greedy", "sampled", "late");
        for (Prompt prompt : prompts) {
            String id = prompt.id().value();
            WrittenTokens expected = undisturbed.written(id);
            WrittenTokens found = stage.written(id);
            assertThat(found.ids()).as(id).isEqualTo(expected.ids());
            assertThat(found.authors()).isEqualTo(expected.authors());
            assertThat(found.studentArgmax()).isEqualTo(expected.studentArgmax());
            assertThat(found.studentConfidence()).isEqualTo(expected.studentConfidence());
            assertThat(found.seenWhole()).isTrue();
            assertThat(stage.end(id).stop()).isEqualTo(undisturbed.end(id).stop());
        }
        assertThat(state)
                .allSatisfy(
                        snapshot -> assertThat(stage.end(snapshot.prompt().id().value())
                                        .sequence()
                                        .resumed())
                                .isEqualTo(1));
    }

    @Test
    void runningSequencesEndOnTheirVersionAndNewOnesBeginOnTheNext() {
        Decoder decoder = stage.decoder(4, AskConfig.never());
        ScriptedLanguageModel next = new ScriptedLanguageModel(V, 64, tokens -> new Law(7, 0.9));
        decoder.admit(prompt("old", 6, 1, 2, 3));
        decoder.step();
        decoder.step();

        decoder.serve("v2", next);
        decoder.admit(prompt("new", 3, 1, 2, 3));
        assertThat(stage.drained).isEmpty();
        stage.run(decoder);

        assertThat(stage.written("old").ids()).isEqualTo(alone(new int[] {1, 2, 3}, 6));
        assertThat(stage.end("old").sequence().version()).isEqualTo("v1");
        assertThat(stage.written("new").ids()).containsExactly(7, 7, 7);
        assertThat(stage.end("new").sequence().version()).isEqualTo("v2");
        assertThat(stage.drained).containsExactly("v1");
        assertThat(stage.student.closed).isTrue();
        assertThat(next.closed).isFalse();
    }

    @Test
    void idleVersionIsDrainedAtOnce() {
        Decoder decoder = stage.decoder(4, AskConfig.never());

        decoder.serve("v2", new ScriptedLanguageModel(V, 64, Stage::studentLaw));

        assertThat(stage.drained).containsExactly("v1");
        assertThat(decoder.serving()).isEqualTo("v2");
    }

    @Test
    void canaryGetsItsShareOfNewPrompts() {
        Decoder decoder = stage.decoder(8, AskConfig.never());
        decoder.canary("v2", new ScriptedLanguageModel(V, 64, Stage::studentLaw), AskHead.NONE, 0.25);

        IntStream.range(0, 1000).forEach(i -> decoder.admit(prompt("p" + i, 1, 1)));
        stage.run(decoder);

        long canaries = stage.finished.values().stream()
                .filter(finished -> finished.sequence().version().equals("v2"))
                .count();
        assertThat(canaries / 1000.0).isCloseTo(0.25, within(0.05));
    }

    @Test
    void promptsWaitForTheFirstVersion() {
        Decoder decoder = new Decoder(
                DecodeConfig.of(2, List.of(Stage.END), AskConfig.never()),
                new LetterTokenizer(V),
                Help.none(),
                stage,
                HelpStatistics.NONE,
                java.time.Clock.fixed(Stage.NOW, java.time.ZoneOffset.UTC));
        decoder.admit(prompt("p", 2, 1));
        assertThat(decoder.hasWork()).isFalse();

        decoder.serve("v1", stage.student);
        stage.run(decoder);

        assertThat(stage.finished).containsOnlyKeys("p");
    }

    private Decoder decoderThatCounts(AskConfig ask, int from) {
        ScriptedLanguageModel counts =
                new ScriptedLanguageModel(V, 64, tokens -> new Law(Math.max(from, tokens[tokens.length - 1] + 1), 0.9));
        return stage.decoder(DecodeConfig.of(2, List.of(Stage.END), ask), counts);
    }

    private static int[] alone(int[] promptIds, int count) {
        int[] tokens = promptIds;
        for (int i = 0; i < count; i++) {
            int next = Stage.studentLaw(tokens).argmax();
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = next;
        }
        return Arrays.copyOfRange(tokens, promptIds.length, tokens.length);
    }
}
