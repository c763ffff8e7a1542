package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static dev.understudy.signal.Author.STUDENT;
import static dev.understudy.signal.Author.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.FinishedSequence.Sight;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.ask.AskPrices;
import dev.understudy.decode.ask.AskStep;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Intervention;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Asking, paying, failing, looking: prompts of three tokens, so that the student hesitates at positions 0, 3, 6, ...
 */
class DecoderHelpTest {
    private final Stage stage = new Stage();
    private final Prompt five = prompt("p", 5, 1, 2, 3);

    @Test
    void authorsAreMixedInOneCompletion() {
        finish(asking(), five);

        WrittenTokens written = stage.written("p");
        assertThat(written.authors()).containsExactly(TEACHER, STUDENT, STUDENT, TEACHER, STUDENT);
        int[] tokens = {1, 2, 3, 0, 0, 0, 0, 0};
        for (int t = 0; t < 5; t++) {
            int[] before = java.util.Arrays.copyOf(tokens, 3 + t);
            tokens[3 + t] = Stage.teacherLaw(before).argmax();
            assertThat(written.ids()[t]).isEqualTo(tokens[3 + t]);
            assertThat(written.studentArgmax()[t])
                    .isEqualTo(Stage.studentLaw(before).argmax());
            assertThat((double) written.studentConfidence()[t]).isEqualTo(t % 3 == 0 ? 0.3 : 0.9, within(1e-6));
        }
        assertThat(stage.end("p").sequence().help()).isEqualTo(new HelpUsed(HelpState.GRANTED, 2, 2, 0));
    }

    @Test
    void distributionsComeAlongWithAsksAndTheClosingLookBringsTheRest() {
        finish(asking(), five);

        assertThat(stage.teacher.looks)
                .extracting(Look::purpose)
                .containsExactly(LookPurpose.ASK, LookPurpose.ASK, LookPurpose.CLOSING_LOOK);
        assertThat(stage.teacher.looks).extracting(Look::knownThrough).containsExactly(0, 1, 4);
        assertThat(stage.teacher.looks).extracting(Look::callId).doesNotHaveDuplicates();
        assertThat(stage.teacher.tokens()).isEqualTo(2);
        Intervention signal = stage.end("p").intervention().orElseThrow();
        assertThat(signal.seenWhole()).isTrue();
        assertThat(signal.propensity()).isEqualTo(1);
        assertThat(signal.teacherVersion()).isEqualTo("teacher-1");
        assertThat(stage.teacher.forgotten).containsExactly("p");
    }

    @Test
    void noClosingLookLeavesTheTailUnseen() {
        AskConfig ask =
                new AskConfig(new AskPolicy.Confidence(), 0, false, Duration.ofSeconds(1), Duration.ofSeconds(1));

        finish(ask, five);

        assertThat(stage.end("p").intervention().orElseThrow().teacher().get(4)).isNull();
        assertThat(stage.pricesNeeded).isEmpty();
    }

    @Test
    void studentGoesOnMarkedWhenTheBudgetIsExhausted() {
        stage.tokensLeft = 1;

        finish(asking(), prompt("p", 8, 1, 2, 3));

        assertThat(stage.written("p").authors())
                .containsExactly(TEACHER, STUDENT, STUDENT, STUDENT, STUDENT, STUDENT, STUDENT, STUDENT);
        assertThat(stage.end("p").sequence().help()).isEqualTo(new HelpUsed(HelpState.EXHAUSTED, 1, 1, 2));
        assertThat(stage.teacher.tokens()).isEqualTo(1);
        assertThat(stage.seen).contains("v1 tokens=8 masked=2");
    }

    @Test
    void missingGrantIsToldFromAnExhaustedCap() {
        stage.tokensLeft = 0;
        stage.refusal = new Reservation.Awaiting();

        finish(asking(), five);

        assertThat(stage.end("p").sequence().help().state()).isEqualTo(HelpState.AWAITING_ALLOWANCE);
        assertThat(stage.teacher.looks).isEmpty();
    }

    @Test
    void tenantThatWantsNoTextWithoutHelpGetsNone() {
        stage.tokensLeft = 1;
        stage.whenSpent = WhenSpent.STOP;

        finish(asking(), prompt("p", 8, 1, 2, 3));

        assertThat(stage.written("p").authors()).containsExactly(TEACHER, STUDENT, STUDENT);
        assertThat(stage.end("p").stop()).isEqualTo(StopReason.HELP_EXHAUSTED);
        assertThat(stage.end("p").sequence().help().state()).isEqualTo(HelpState.EXHAUSTED);
    }

    @Test
    void missingGrantDoesNotStopATenantThatWantsNoTextWithoutHelp() {
        stage.tokensLeft = 0;
        stage.whenSpent = WhenSpent.STOP;
        stage.refusal = new Reservation.Awaiting();

        finish(asking(), five);

        assertThat(stage.end("p").stop()).isEqualTo(StopReason.MAX_TOKENS);
    }

    @Test
    void moneyIsReservedAtItsWorstAndSettledAtItsRealCost() {
        stage.teacher.worstCost = 50;
        stage.teacher.realCost = 20;
        stage.microDollarsLeft = 115;

        finish(asking(), five);

        // Two asks and a closing look: 115 - 20 - 20 leaves 75, enough for the worst case of the third.
        assertThat(stage.teacher.looks).hasSize(3);
        assertThat(stage.microDollarsLeft).isEqualTo(115 - 3 * 20);
        assertThat(stage.end("p").sequence().help().outlay().microDollars()).isEqualTo(60);
    }

    @Test
    void lookWithoutAnAnswerOrAWordAboutItsCostIsSettledAtItsWorst() {
        stage.teacher.worstCost = 50;
        stage.microDollarsLeft = 1_000;
        stage.teacher.down = true;
        finish(asking(), prompt("down", 1, 1, 2, 3));
        stage.teacher.down = false;
        stage.now = Stage.NOW.plus(asking().pause());
        finish(asking(), prompt("silent", 1, 1, 2, 3));

        assertThat(stage.microDollarsLeft).isEqualTo(900);
        assertThat(stage.settled).isEqualTo(2);
    }

    @Test
    void waitingForTheTeacherIsCounted() {
        stage.teacher.holds = true;
        Decoder decoder = stage.decoder(1, asking());
        decoder.admit(prompt("p", 1, 1, 2, 3));
        stage.run(decoder);
        stage.now = Stage.NOW.plusMillis(70);
        stage.teacher.answer();
        stage.run(decoder);

        assertThat(stage.end("p").sequence().help().outlay().waitedMillis()).isEqualTo(70);
    }

    @Test
    void everySequenceSaysHowProbableItWasToBeSeen() {
        finish(asking(), five);
        assertThat(stage.end("p").sight()).isEqualTo(new Sight(1, true, false));

        AskConfig half = new AskConfig(new AskPolicy.Never(), 0.5, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        int due = 0;
        for (int i = 0; i < 200; i++) {
            finish(half, prompt("half" + i, 2, 1, 2, 3));
            Sight sight = stage.end("half" + i).sight();
            assertThat(sight.propensity()).isEqualTo(0.5);
            assertThat(sight.due()).isEqualTo(sight.audited());
            due += sight.due() ? 1 : 0;
        }
        assertThat(due).isBetween(75, 125);

        stage.tokensLeft = 0;
        finish(auditing(), prompt("unpaid", 2, 1, 2, 3));
        assertThat(stage.end("unpaid").sight()).isEqualTo(new Sight(1, true, false));
    }

    @Test
    void aCompletionWithoutATokenIsNoSight() {
        stage.tokensLeft = 0;
        stage.whenSpent = WhenSpent.STOP;

        finish(new AskConfig(new AskPolicy.Confidence(), 1, true, Duration.ofSeconds(10), Duration.ofSeconds(2)), five);

        assertThat(stage.written("p").authors()).isEmpty();
        assertThat(stage.end("p").sight()).isEqualTo(new Sight(1, false, false));
    }

    @Test
    void rowsThatWaitForTheTeacherDoNotHoldUpTheOthers() {
        stage.teacher.holds = true;
        Decoder decoder = stage.decoder(2, asking());
        decoder.admit(prompt("waits", 4, 1));
        stage.run(decoder);

        decoder.admit(prompt("goes on", 2, 1));
        stage.run(decoder);

        assertThat(stage.finished).containsOnlyKeys("goes on");
        assertThat(decoder.hasWork()).isFalse();
        assertThat(decoder.isEmpty()).isFalse();
        stage.teacher.holds = false;
        stage.teacher.answer();
        stage.run(decoder);
        Stage alone = new Stage();
        Decoder other = alone.decoder(1, asking());
        other.admit(prompt("waits", 4, 1));
        alone.run(other);
        assertThat(stage.written("waits").ids())
                .isEqualTo(alone.written("waits").ids());
    }

    @Test
    void failedLookLeavesTheStudentAloneForThePauseAndStaysPaid() {
        stage.teacher.down = true;
        stage.tokensLeft = 10;
        Decoder decoder = stage.decoder(2, asking());

        decoder.admit(prompt("down", 8, 1, 2, 3));
        stage.run(decoder);
        stage.teacher.down = false;
        stage.now = Stage.NOW.plus(asking().pause());
        decoder.admit(prompt("up", 2, 1, 2, 3));
        stage.run(decoder);

        assertThat(stage.end("down").sequence().help()).isEqualTo(new HelpUsed(HelpState.TEACHER_DOWN, 1, 0, 3));
        assertThat(stage.written("down").authors()).containsOnly(STUDENT);
        assertThat(stage.end("up").sequence().help().state()).isEqualTo(HelpState.GRANTED);
        assertThat(stage.tokensLeft).isEqualTo(8);
    }

    @Test
    void replyThatComesTooLateIsNotUsed() {
        stage.teacher.holds = true;
        AskConfig ask = new AskConfig(new AskPolicy.Confidence(), 0, true, Duration.ofMillis(1), Duration.ofSeconds(1));
        Decoder decoder = stage.decoder(2, ask);
        decoder.admit(five);
        stage.run(decoder);

        Awaitility.await().pollInSameThread().until(() -> {
            stage.run(decoder);
            return stage.finished.containsKey("p");
        });
        stage.teacher.answer();
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsOnly(STUDENT);
        assertThat(stage.end("p").sequence().help().state()).isEqualTo(HelpState.TEACHER_DOWN);
    }

    @Test
    void auditShowsTheWholeSequencePaysItsLengthAndWritesNothing() {
        finish(auditing(), five);

        assertThat(stage.written("p").authors()).containsOnly(STUDENT);
        assertThat(stage.end("p").audited()).isTrue();
        assertThat(stage.end("p").sequence().help()).isEqualTo(HelpUsed.NONE);
        assertThat(stage.teacher.count(LookPurpose.AUDIT)).isEqualTo(1);
        assertThat(stage.teacher.tokens()).isEqualTo(5);
        assertThat(stage.end("p").intervention().orElseThrow().seenWhole()).isTrue();
    }

    @Test
    void priceNeededIsTheLeastDifficultyAmongTheWrongTokens() {
        finish(auditing(), five);

        assertThat(stage.pricesNeeded.get(0)).isEqualTo(0.7, within(1e-6));
    }

    @Test
    void sequenceWithoutAWrongTokenNeedsNoHelpAtAnyPrice() {
        finish(auditing(), prompt("p", 2, 1));

        assertThat(stage.pricesNeeded).containsExactly(1.0);
    }

    @Test
    void auditThatCannotBePaidIsLeftOut() {
        stage.tokensLeft = 4;

        finish(auditing(), five);

        assertThat(stage.end("p").audited()).isFalse();
        assertThat(stage.end("p").intervention()).isEmpty();
        assertThat(stage.tokensLeft).isEqualTo(4);
    }

    @Test
    void promptWithoutConsentLeavesNoSignalButMovesThePrice() {
        finish(asking(), new Prompt(five.id(), "acme", "order", five.tokenIds(), Sampling.GREEDY, 5, false, Stage.NOW));

        assertThat(stage.end("p").intervention()).isEmpty();
        assertThat(stage.end("p").sequence().help().teacherTokens()).isEqualTo(2);
        assertThat(stage.pricesNeeded).hasSize(1);
    }

    @Test
    void askAlwaysPriceAsksForEveryToken() {
        stage.price = AskPrices.ASK_ALWAYS;

        finish(asking(), five);

        assertThat(stage.written("p").authors()).containsOnly(TEACHER);
        assertThat(stage.teacher.count(LookPurpose.CLOSING_LOOK)).isZero();
        assertThat(stage.written("p").seenWhole()).isTrue();
    }

    @Test
    void learnedPolicyReadsHiddenStateLevelAndPositionOfEveryRow() {
        List<Double> read = new ArrayList<>();
        AskHead head = new AskHead() {
            @Override
            public int hiddenWidth() {
                return 8;
            }

            @Override
            public void logits(AskStep step, float[] logits) {
                for (int i = 0; i < step.count(); i++) {
                    // The scripted student's hidden state is its argmax and its confidence.
                    double confidence = step.scores().hidden[i * 8 + 1];
                    logits[i] = confidence < 0.5 ? 3 : -3;
                    read.add(step.level[i] + step.position[i]);
                }
            }
        };
        AskConfig ask = new AskConfig(
                new AskPolicy.AskToken(Action.THRESHOLD), 0, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        Decoder decoder = stage.decoder(DecodeConfig.of(2, List.of(Stage.END), ask), stage.student, head);
        decoder.admit(five);
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsExactly(TEACHER, STUDENT, STUDENT, TEACHER, STUDENT);
        assertThat(stage.written("p").difficulty()[0]).isEqualTo((float) (1 / (1 + Math.exp(-3))), within(1e-6f));
        assertThat(read).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0);
    }

    @Test
    void lookUnderWayAtASnapshotIsPaidAgainWithAnotherCallId() {
        stage.teacher.holds = true;
        Decoder first = stage.decoder(1, asking());
        first.admit(prompt("p", 1, 1, 2, 3));
        stage.run(first);
        var state = first.snapshot();
        first.close();
        stage.teacher.answer();
        stage.run(first);

        stage.teacher.holds = false;
        Decoder second = stage.decoder(1, asking());
        state.forEach(second::resume);
        stage.run(second);

        assertThat(stage.teacher.looks).hasSize(2);
        assertThat(stage.teacher.looks).extracting(Look::callId).doesNotHaveDuplicates();
        assertThat(stage.written("p").authors()).containsExactly(TEACHER);
    }

    private void finish(AskConfig ask, Prompt prompt) {
        Decoder decoder = stage.decoder(2, ask);
        decoder.admit(prompt);
        stage.run(decoder);
        assertThat(decoder.isEmpty()).isTrue();
    }

    private static AskConfig asking() {
        return new AskConfig(new AskPolicy.Confidence(), 0, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    private static AskConfig auditing() {
        return new AskConfig(new AskPolicy.Never(), 1, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
