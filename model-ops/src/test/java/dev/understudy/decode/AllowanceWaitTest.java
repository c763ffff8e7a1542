package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static dev.understudy.signal.Author.STUDENT;
import static dev.understudy.signal.Author.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.budget.WhenSpent;
import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The student hesitates at every third position; at first nobody pays, and sequences wait for ten seconds. */
class AllowanceWaitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Stage stage = new Stage();
    private final Decoder decoder = stage.decoder(2, asking(new AskPolicy.Confidence()));

    @BeforeEach
    void nothingIsGrantedYet() {
        stage.patience = PATIENCE;
        stage.refusal = new Reservation.Awaiting();
        stage.callsLeft = 0;
    }

    @Test
    void sequenceWaitsForAllowanceAndIsHelpedWhenItComes() {
        decoder.admit(prompt("p", 5, 1, 2, 3));
        stage.run(decoder);
        assertThat(stage.finished).isEmpty();
        assertThat(decoder.waitingForAllowance()).isEqualTo(1);

        stage.now = stage.now.plusSeconds(3);
        decoder.allowanceMayHaveCome();
        stage.run(decoder);
        assertThat(stage.finished).as("asked again and refused again").isEmpty();

        stage.callsLeft = 10;
        decoder.allowanceMayHaveCome();
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsExactly(TEACHER, STUDENT, STUDENT, TEACHER, STUDENT);
        HelpUsed help = stage.end("p").sequence().help();
        assertThat(help.state()).isEqualTo(HelpState.GRANTED);
        assertThat(help.masked()).isZero();
        assertThat(help.outlay().waitedMillis()).isEqualTo(3_000);
    }

    @Test
    void waitEndsMarkedWhenThePatienceDoes() {
        decoder.admit(prompt("p", 2, 1, 2, 3));
        stage.run(decoder);
        stage.now = stage.now.plus(PATIENCE).minusMillis(1);
        decoder.endWaits();
        stage.run(decoder);
        assertThat(stage.finished).isEmpty();

        stage.now = stage.now.plusMillis(1);
        decoder.endWaits();
        stage.run(decoder);

        assertThat(stage.written("p").authors()).containsOnly(STUDENT);
        HelpUsed help = stage.end("p").sequence().help();
        assertThat(help.state()).isEqualTo(HelpState.AWAITING_ALLOWANCE);
        assertThat(help.masked()).isEqualTo(1);
        assertThat(help.outlay().waitedMillis()).isEqualTo(PATIENCE.toMillis());
    }

    @Test
    void capThatTurnsOutToBeUsedUpEndsTheWaitAsTheTenantWants() {
        stage.whenSpent = WhenSpent.STOP;
        decoder.admit(prompt("p", 5, 1, 2, 3));
        stage.run(decoder);

        stage.refusal = new Reservation.Exhausted();
        decoder.allowanceMayHaveCome();
        stage.run(decoder);

        assertThat(stage.end("p").stop()).isEqualTo(StopReason.HELP_EXHAUSTED);
        assertThat(decoder.isEmpty()).isTrue();
    }

    @Test
    void rowsThatWaitDoNotHoldUpTheOthers() {
        decoder.admit(prompt("waits", 5, 1, 2, 3));
        decoder.admit(prompt("goes on", 2, 1));
        stage.run(decoder);

        assertThat(stage.finished).containsOnlyKeys("goes on");
    }

    @Test
    void capThatIsUsedUpIsNotWaitedFor() {
        stage.refusal = new Reservation.Exhausted();
        decoder.admit(prompt("p", 5, 1, 2, 3));
        stage.run(decoder);

        assertThat(stage.end("p").sequence().help().state()).isEqualTo(HelpState.EXHAUSTED);
    }

    @Test
    void draftsWaitForTheirJudgementAndAreJudgedAsWithoutAWait() {
        Stage free = new Stage();
        Decoder other = free.decoder(2, asking(new AskPolicy.Speculative()));
        other.admit(prompt("p", 7, 1, 2));
        free.run(other);

        Decoder waits = stage.decoder(2, asking(new AskPolicy.Speculative()));
        waits.admit(prompt("p", 7, 1, 2));
        for (int call = 0; call < 20; call++) {
            stage.run(waits);
            stage.callsLeft = 1;
            waits.allowanceMayHaveCome();
        }

        assertThat(stage.written("p")).usingRecursiveComparison().isEqualTo(free.written("p"));
    }

    @Test
    void waitingSequenceIsPartOfTheSnapshotAndAsksAnew() {
        decoder.admit(prompt("p", 5, 1, 2, 3));
        stage.run(decoder);
        var state = decoder.snapshot();
        decoder.close();

        stage.callsLeft = 10;
        Decoder second = stage.decoder(1, asking(new AskPolicy.Confidence()));
        state.forEach(second::resume);
        stage.run(second);

        assertThat(stage.written("p").authors()).containsExactly(TEACHER, STUDENT, STUDENT, TEACHER, STUDENT);
    }

    private static AskConfig asking(AskPolicy policy) {
        return new AskConfig(policy, 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
