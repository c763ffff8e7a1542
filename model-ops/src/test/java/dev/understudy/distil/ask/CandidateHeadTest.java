package dev.understudy.distil.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.TrainingSnapshot;
import dev.understudy.distil.ask.CandidateHead.Sequences;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A student that counts on, and at every seventh number is both unsure and wrong: the teacher skips it. */
class CandidateHeadTest {
    private static final int V = 50;
    private static final int TOKENS = 12;

    private final ScriptedLanguageModel student = new ScriptedLanguageModel(
            V, 32, tokens -> new Law(next(tokens), tokens[tokens.length - 1] % 7 == 0 ? 0.55 : 0.9));

    private static int next(int[] tokens) {
        return (tokens[tokens.length - 1] + 1) % V;
    }

    /** What the teacher writes, with its laws; of a prompt of its own. */
    private static LabelledSequence taught(String workload, int number) {
        int[] prompt = {number / V % V, number % V};
        int[] tokens = new int[TOKENS];
        int[] positions = new int[TOKENS];
        List<TeacherDistribution> laws = new ArrayList<>();
        int last = prompt[1];
        for (int t = 0; t < TOKENS; t++) {
            last = (last + (last % 7 == 0 ? 2 : 1)) % V;
            tokens[t] = last;
            positions[t] = t;
            laws.add(new TeacherDistribution(new int[] {last}, new float[] {0}));
        }
        return new LabelledSequence(workload, "acme", prompt, tokens, positions, laws, true);
    }

    private static List<LabelledSequence> taught(String workload, int from, int count) {
        List<LabelledSequence> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(taught(workload, from + i));
        }
        return all;
    }

    private static TrainingSnapshot snapshot(int signals, int pairs) {
        return new TrainingSnapshot(1, taught("new", 0, signals), taught("known", 1_000, pairs), Map.of());
    }

    private CandidateHead learnt(Sequences sequences) {
        CandidateHead head = new CandidateHead(student, sequences, AskPlan.defaults());
        int units = 0;
        while (head.step()) {
            units++;
        }
        assertThat(units).as("reading in slices, and one step each").isGreaterThan(800);
        return head;
    }

    @Test
    void learnsFromTheRoundsSequencesWhereTheCandidateIsWrong() {
        CandidateHead head = learnt(Sequences.of(snapshot(200, 50), taught("new", 500, 80)));

        AskCalibration unseen =
                new AskCalibration(head.judged(), AskPlan.defaults().floor());
        AskLevels levels = head.head().levels();
        assertThat(levels.levels()).containsExactly(AskLevels.usual());
        assertThat(head.judged()).hasSize(40);
        // One token in seven is wrong: at 20 % all are asked for, alone next to no sequence is right.
        assertThat(unseen.replay(head.head(), 1 - 1e-9).right()).isLessThan(0.2);
        assertThat(unseen.replay(head.head(), levels.prices()[3]).right()).isGreaterThan(0.95);
        assertThat(unseen.replay(head.head(), levels.prices()[1]).use()).isBetween(0.02, 0.06);
    }

    @Test
    void equalSequencesGiveEqualHeads() {
        Sequences sequences = Sequences.of(snapshot(100, 0), taught("new", 500, 40));
        PricedHead first = learnt(sequences).head();
        PricedHead second = learnt(sequences).head();

        assertThat(second).usingRecursiveComparison().isEqualTo(first);
    }

    @Test
    void noPromptIsBothLearntFromAndPricedOrJudgedOn() {
        List<LabelledSequence> heldOut = new ArrayList<>(taught("known", 2_000, 31));
        heldOut.addAll(taught("new", 500, 30));
        Sequences sequences = Sequences.of(snapshot(400, 200), heldOut);

        assertThat(sequences.learnt())
                .as("300 of 400 signals, all pairs of a workload without signals")
                .hasSize(500);
        assertThat(sequences.learnt()).extracting(LabelledSequence::workload).containsOnly("new", "known");
        assertThat(sequences.priced()).hasSize(31);
        assertThat(sequences.judged()).hasSize(30);
        assertThat(Stream.of(sequences.learnt(), sequences.priced(), sequences.judged())
                        .flatMap(List::stream)
                        .map(LabelledSequence::promptHash))
                .doesNotHaveDuplicates();
        assertThat(sequences.objection()).isEmpty();
    }

    @Test
    void fewSequencesMakeNoHead() {
        assertThat(Sequences.of(snapshot(49, 0), taught("new", 500, 20)).objection())
                .contains("from 49 sequences and priced on 20");
        assertThat(Sequences.of(snapshot(30, 20), taught("new", 500, 19)).objection())
                .contains("from 50 sequences and priced on 19", "expected at least 50 and 20");
        CandidateHead unread =
                new CandidateHead(student, Sequences.of(snapshot(60, 0), taught("new", 500, 30)), AskPlan.defaults());
        assertThatThrownBy(unread::head).hasMessageContaining("before it is learnt");
    }
}
