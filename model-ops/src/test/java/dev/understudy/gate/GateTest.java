package dev.understudy.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.lm.BigramModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    private static final int SEQUENCES = 100;

    private final Gate gate = new Gate(GateConfig.defaults());

    @TempDir
    Path candidate;

    @BeforeEach
    void writeWeights() throws IOException {
        weights(0.5f, -2f);
    }

    @Test
    void acceptsWhatNeedsLessHelp() {
        GateVerdict verdict = judge(Map.of("log", 60, "pay", 99), Map.of("log", 80, "pay", 99));
        assertThat(verdict.accepted()).isTrue();
        assertThat(verdict.reasons()).isEmpty();
        assertThat(verdict.rules())
                .extracting(RuleOutcome::rule)
                .containsExactly(GateRule.IMPROVEMENT, GateRule.HELP_NEEDED, GateRule.ALONE, GateRule.NUMBERS);
        assertThat(verdict.workloads()).extracting(WorkloadFigures::workload).containsExactly("log", "pay");
        assertThat(verdict.workloads().get(0).neededPrices()[31]).isEqualTo(80);
    }

    @Test
    void refusesWhatIsNotBetter() {
        GateVerdict verdict = judge(Map.of("log", 60), Map.of("log", 60));
        assertThat(failed(verdict)).containsExactly(GateRule.IMPROVEMENT);
    }

    @Test
    void refusesWhenOneWorkloadNeedsMoreHelpThoughAnotherGained() {
        GateVerdict verdict = judge(Map.of("log", 98, "order", 40), Map.of("log", 85, "order", 96));
        assertThat(failed(verdict)).containsExactly(GateRule.HELP_NEEDED);
        assertThat(verdict.reasons().get(0)).contains("log needs").contains("0.0 % before");
    }

    @Test
    void refusesWhenOneWorkloadSurelyLosesMoreThanTheBoundAlone() {
        // Both above the target of 30 %, so that needed help does not speak.
        Gate lenient = new Gate(new GateConfig(0.3, 0.02, 0.15, 2000, 0.95, 32, 9));
        VersionFigures serving = figures(Map.of("log", 98, "order", 10));
        GateVerdict verdict = lenient.judge(serving, figures(Map.of("log", 65, "order", 50)), candidate);
        assertThat(failed(verdict)).containsExactly(GateRule.ALONE);
        GateVerdict honest = lenient.judge(serving, figures(Map.of("log", 85, "order", 50)), candidate);
        assertThat(honest.accepted()).isTrue();
    }

    @Test
    void refusesWeightsThatAreNotNumbers() throws IOException {
        weights(0.5f, Float.NaN);
        assertThat(failed(judge(Map.of("log", 60), Map.of("log", 80)))).containsExactly(GateRule.NUMBERS);
    }

    @Test
    void refusesWeightsBeyondHalfPrecision() throws IOException {
        weights(70_000f);
        GateVerdict verdict = judge(Map.of("log", 60), Map.of("log", 80));
        assertThat(failed(verdict)).containsExactly(GateRule.NUMBERS);
        assertThat(verdict.reasons().get(0)).contains("7.000e+04");
    }

    @Test
    void refusesToCompareFiguresOfDifferentSets() {
        VersionFigures serving = figures(Map.of("log", 60));
        VersionFigures other = new VersionFigures(serving.setFingerprint() + 1, serving.byWorkload());
        assertThatThrownBy(() -> gate.judge(serving, other, candidate)).hasMessageContaining("different gate sets");
    }

    @Test
    void aFewUnluckySequencesDoNotRefuseACandidate() {
        // 1 of 10 more wrong is a rise of 10 points of needed help, and says nothing.
        Gate lenient = new Gate(new GateConfig(0.9, 0.02, 0.15, 500, 0.95, 32, 9));
        VersionFigures serving = few(9, 10);
        GateVerdict verdict = lenient.judge(serving, few(8, 100), candidate);
        assertThat(failed(verdict)).doesNotContain(GateRule.HELP_NEEDED);
    }

    @Test
    void refusesAHeadThatSpendsMoreThanItIsTold() {
        RuleOutcome kept = gate.judge(head(0.3), evidence(100));
        assertThat(kept.passed()).as(kept.detail()).isTrue();
        assertThat(kept.detail()).contains("uses 10.0 % at 10 % of the tokens of 100 sequences");
        GateVerdict accepted = judge(Map.of("log", 60), Map.of("log", 80));
        assertThat(accepted.and(kept).accepted()).isTrue();

        RuleOutcome spent = gate.judge(head(0.03), evidence(100));
        assertThat(spent.value()).isGreaterThan(0.05);
        GateVerdict refused = accepted.and(spent);
        assertThat(failed(refused)).containsExactly(GateRule.ASK_HEAD);
        assertThat(refused.reasons().get(0)).contains("uses 20.0 % at 10 %");
        assertThat(judge(Map.of("log", 60), Map.of("log", 60)).and(kept).accepted())
                .as("its weights were refused")
                .isFalse();
    }

    @Test
    void aFewSequencesThatSpendMuchDoNotRefuseAHead() {
        // Of four sequences one happens to be doubted throughout: 25 % of the tokens at 10 %.
        List<AskEvidence> few = new ArrayList<>(evidence(4));
        few.set(0, doubting(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        assertThat(gate.judge(head(0.3), few).passed()).isTrue();
    }

    /** Doubts a token as much as its first input says, priced for 10 %. */
    private static PricedHead head(double price) {
        float[] first = new float[7];
        first[0] = 1;
        float[] scale = new float[7];
        Arrays.fill(scale, 1);
        AskNetwork doubt = new AskNetwork(new float[7], scale, first, new float[1], new float[] {1}, -4);
        AskNetwork none = new AskNetwork(new float[7], scale, new float[7], new float[1], new float[1], 0);
        double[] level = {0.1};
        return new PricedHead(doubt, none, new AskLevels(level, new double[] {price}, level));
    }

    /** Sequences of ten tokens: one is doubted much, another a little. */
    private static List<AskEvidence> evidence(int count) {
        List<AskEvidence> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AskEvidence one = doubting(0);
            one.inputs()[5][0] = 2.5f;
            all.add(one);
        }
        return all;
    }

    private static AskEvidence doubting(int... doubted) {
        float[][] inputs = new float[10][7];
        for (int token : doubted) {
            inputs[token][0] = 8;
        }
        return new AskEvidence("log", inputs, new double[10], new double[10], new boolean[10], true);
    }

    @Test
    void evaluationScoresEverySequenceOnceWhateverTheSlice() {
        BigramModel model = BigramModel.preferring(new int[] {1, 2, 3, 0}, 2);
        List<GateExample> examples = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            examples.add(GateExample.verified(i % 2 == 0 ? "log" : "pay", new int[8 - i], new int[] {1, i % 4}));
        }
        GateSet set = new GateSet(examples);
        Evaluation sliced = new Evaluation(model, set, 2);
        int slices = 0;
        while (sliced.step()) {
            slices++;
        }
        assertThat(slices).isEqualTo(4);
        Evaluation whole = new Evaluation(model, set, 100);
        whole.step();
        assertThat(sliced.figures()).usingRecursiveComparison().isEqualTo(whole.figures());
        assertThat(sliced.figures().byWorkload().get("log")).hasSize(4);
        assertThat(sliced.figures().byWorkload().get("log"))
                .extracting(ForcedScore::exact)
                .containsExactly(false, true, false, true);
    }

    private GateVerdict judge(Map<String, Integer> servingExact, Map<String, Integer> candidateExact) {
        return gate.judge(figures(servingExact), figures(candidateExact), candidate);
    }

    private static List<GateRule> failed(GateVerdict verdict) {
        return verdict.rules().stream()
                .filter(rule -> !rule.passed())
                .map(RuleOutcome::rule)
                .toList();
    }

    /**
     * So many of 100 sequences of ten tokens are exact; the others have one wrong token. Its confidence 0.7 is shared
     * by two right tokens, so that asking for it has a price.
     */
    private static VersionFigures figures(Map<String, Integer> exact) {
        TreeMap<String, List<ForcedScore>> scores = new TreeMap<>();
        exact.forEach((workload, count) -> scores.put(workload, scores(count, SEQUENCES)));
        return new VersionFigures(42, scores);
    }

    private static VersionFigures few(int logExact, int orderExact) {
        return new VersionFigures(
                42, new TreeMap<>(Map.of("log", scores(logExact, 10), "order", scores(orderExact, SEQUENCES))));
    }

    private static List<ForcedScore> scores(int exact, int of) {
        String[] right = {"+.7", "+.7", "+.9", "+.9", "+.9", "+.9", "+.9", "+.9", "+.9", "+.9"};
        String[] wrong = right.clone();
        wrong[4] = "-.7";
        List<ForcedScore> scores = new ArrayList<>();
        for (int i = 0; i < of; i++) {
            scores.add(ForcedScoringTest.score(i < exact ? right : wrong));
        }
        return scores;
    }

    private void weights(float... values) throws IOException {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[" + values.length
                + "],\"data_offsets\":[0," + 4 * values.length + "]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(8 + json.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        for (float value : values) {
            file.putFloat(value);
        }
        Files.write(candidate.resolve("model.safetensors"), file.array());
    }
}
