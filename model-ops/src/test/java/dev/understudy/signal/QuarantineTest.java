package dev.understudy.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.token.VocabularyFingerprint;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuarantineTest {
    private static final int[] PROMPT = {1, 2};

    private final Quarantine quarantine = new Quarantine(new VocabularyFingerprint(Interventions.VOCABULARY), 32);

    @Test
    void letsAnOrdinarySignalThroughCutBehindItsLastLabel() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5=5", "s6=9", "s7=7");
        assertThat(quarantine.objection(signal)).isEmpty();
        LabelledSequence example = quarantine.label(signal);
        assertThat(example.tokenIds()).containsExactly(5, 6);
        assertThat(example.positions()).containsExactly(0, 1);
        assertThat(example.laws().get(1).argmax()).isEqualTo(9);
        assertThat(example.isDense()).isTrue();
    }

    @Test
    void keepsOutWhatMayNotBeLearntFrom() {
        Intervention good = Interventions.of("a", "order", PROMPT, "s5=5");
        Intervention silent = new Intervention(
                good.promptId(),
                good.tenant(),
                good.workload(),
                good.promptIds(),
                good.tokenIds(),
                good.authors(),
                good.studentArgmax(),
                good.studentConfidence(),
                good.difficulty(),
                good.teacher(),
                1,
                "v1",
                "teacher-1",
                Interventions.VOCABULARY,
                false);
        assertThat(quarantine.objection(silent)).contains(Quarantine.Reason.NO_CONSENT);
    }

    @Test
    void keepsOutTokensOfAnotherVocabulary() {
        Quarantine other = new Quarantine(new VocabularyFingerprint("cd".repeat(32)), 32);
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5=5");
        assertThat(other.objection(signal)).contains(Quarantine.Reason.FOREIGN_VOCABULARY);
    }

    @Test
    void keepsOutIdsOutsideTheVocabulary() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5=31");
        assertThat(quarantine.objection(signal)).contains(Quarantine.Reason.MALFORMED);
    }

    @Test
    void keepsOutSignalsWithoutALabel() {
        Intervention signal = Interventions.of("a", "order", PROMPT, "s5", "s6");
        assertThat(quarantine.objection(signal)).contains(Quarantine.Reason.NO_LABEL);
    }

    @Test
    void keepsOutLawsWithTooMuchMass() {
        assertThat(objectionTo(-0.5f, -0.5f)).contains(Quarantine.Reason.IMPOSSIBLE_LAW);
    }

    @Test
    void keepsOutLawsThatAreNotNumbers() {
        assertThat(objectionTo(Float.NaN, -0.5f)).contains(Quarantine.Reason.IMPOSSIBLE_LAW);
    }

    private Optional<Quarantine.Reason> objectionTo(float first, float second) {
        TeacherDistribution law = new TeacherDistribution(new int[] {5, 6}, new float[] {first, second});
        return quarantine.objection(
                Interventions.withLaws("a", "order", PROMPT, new int[] {5}, List.of(Author.STUDENT), List.of(law)));
    }
}
