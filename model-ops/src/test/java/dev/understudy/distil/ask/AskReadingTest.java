package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.LabelledSequence;
import java.util.List;
import org.junit.jupiter.api.Test;

class AskReadingTest {
    private static final int V = 10;

    /** Says the token after the last one, with probability 0.91; the others have 0.01 each. */
    private final ScriptedLanguageModel counting =
            new ScriptedLanguageModel(V, 32, tokens -> new Law((tokens[tokens.length - 1] + 1) % V, 0.91));

    private static TeacherDistribution law(double... probabilitiesOfNineAndEight) {
        float[] logs = new float[probabilitiesOfNineAndEight.length];
        int[] ids = {9, 8};
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilitiesOfNineAndEight[i]);
        }
        return new TeacherDistribution(java.util.Arrays.copyOf(ids, logs.length), logs);
    }

    private static LabelledSequence sequence(int[] tokens, int[] positions, TeacherDistribution... laws) {
        return new LabelledSequence("w", "acme", new int[] {5, 6}, tokens, positions, List.of(laws), true);
    }

    @Test
    void regretIsWhatTheTeacherThinksTheStudentsTokenLoses() {
        assertThat(AskReading.regret(law(0.8, 0.1), 9)).isZero();
        assertThat(AskReading.regret(law(0.8, 0.1), 8)).isCloseTo(Math.log(8), within(1e-5));
        assertThat(AskReading.regret(law(0.8, 0.1), 3)).isCloseTo(Math.log(8), within(1e-5));
        assertThat(AskReading.regret(law(0.8, 0.15), 3)).isCloseTo(Math.log(16), within(1e-4));
        assertThat(AskReading.regret(law(1), 3)).isEqualTo(AskEvidence.LARGEST);
    }

    @Test
    void divergenceIsThatOfTheStoredIdsAndTheRest() {
        // At position 0 the student says 7 (0.91), at position 1, after 8, it says 9.
        AskEvidence evidence = new AskReading(counting)
                .read(List.of(sequence(new int[] {8, 9}, new int[] {0, 1}, law(0.6, 0.3), law(0.9, 0.05))))
                .get(0);

        double atFirst = 0.01 * Math.log(0.01 / 0.6) + 0.01 * Math.log(0.01 / 0.3) + 0.98 * Math.log(0.98 / 0.1);
        double atSecond = 0.91 * Math.log(0.91 / 0.9) + 0.01 * Math.log(0.01 / 0.05) + 0.08 * Math.log(0.08 / 0.05);
        assertThat(evidence.divergence()[0]).isCloseTo(atFirst, within(1e-4));
        assertThat(evidence.divergence()[1]).isCloseTo(atSecond, within(1e-4));
        assertThat(evidence.regret()[0]).isCloseTo(Math.log(6), within(1e-4));
        assertThat(evidence.regret()[1]).isZero();
        assertThat(evidence.differs(0, 1)).isTrue();
        assertThat(evidence.asked()).containsExactly(false, false);
        assertThat(evidence.withAsked(new boolean[] {true, false}).asked()).containsExactly(true, false);
    }

    @Test
    void inputsStandBeforeTheLabelledTokenWhereverItIs() {
        AskEvidence evidence = new AskReading(counting)
                .read(List.of(sequence(new int[] {7, 8, 9}, new int[] {0, 2}, law(0.9), law(0.9))))
                .get(0);

        // The scripted student's hidden state is its argmax and its confidence.
        assertThat(evidence.inputs()[0][0]).isEqualTo(7);
        assertThat(evidence.inputs()[1][0]).isEqualTo(9);
        assertThat(evidence.inputs()[0][1]).isCloseTo(0.91f, within(1e-5f));
        assertThat(evidence.inputs()[1][8 + 4]).isCloseTo(2 / 25f, within(1e-6f));
    }

    @Test
    void onlyASequenceThatIsLabelledThroughoutAndEndsAsTheTeacherWouldIsWhole() {
        AskReading reading = new AskReading(counting);
        LabelledSequence whole = sequence(new int[] {8, 9}, new int[] {0, 1}, law(0.6, 0.3), law(0.9));
        LabelledSequence gap = sequence(new int[] {8, 9}, new int[] {1}, law(0.9));
        LabelledSequence wrongEnd = sequence(new int[] {8, 7}, new int[] {0, 1}, law(0.6, 0.3), law(0.9));

        assertThat(reading.read(List.of(whole, gap, wrongEnd)))
                .extracting(AskEvidence::whole)
                .containsExactly(true, false, false);
    }

    @Test
    void leavesOutWhatDoesNotFitTheContext() {
        int[] tokens = new int[40];
        LabelledSequence tooLong = sequence(tokens, new int[] {39}, law(0.9));
        LabelledSequence fits = sequence(new int[] {8}, new int[] {0}, law(0.9));
        assertThat(new AskReading(counting).read(List.of(tooLong, fits))).hasSize(1);
    }

    @Test
    void teacherLabelsReplaceWhatWasRecorded() {
        LabelledSequence pair = LabelledSequence.ofPair("w", new int[] {5, 6}, new int[] {7, 3});

        LabelledSequence labelled =
                new TeacherLabels(counting).label(List.of(pair)).get(0);

        assertThat(labelled.laws()).extracting(TeacherDistribution::argmax).containsExactly(7, 8);
        assertThat(labelled.laws().get(0).ids()).hasSize(8);
        assertThat(Math.exp(labelled.laws().get(0).logProbabilities()[0])).isCloseTo(0.91, within(1e-4));
        assertThat(labelled.tokenIds()).containsExactly(7, 3);
    }
}
