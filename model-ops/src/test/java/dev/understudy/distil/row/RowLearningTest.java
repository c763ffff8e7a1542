package dev.understudy.distil.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.signal.LabelledSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small student of random weights whose teacher disagrees with it behind one token, {@value #TRAP}. */
class RowLearningTest {
    private static final ModelShape SHAPE = new ModelShape(16, 1, 2, 2, 8, 32, 24, 48, true, 200, 1e-5);
    private static final AskEntries ENTRIES =
            new AskEntries(20, new double[] {0.1, 0.3}, new int[] {22, 23}, Trace.NONE);
    private static final RowPlan PLAN = new RowPlan(0.3, 0.1, 20, 16, 5e-3, 3);
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private static final int WORDS = 16;
    private static final int TRAP = 4;

    private final Engine engine = Engine.installed();
    private final Path before;
    private final Path after;

    RowLearningTest(@TempDir Path folder) throws IOException {
        before = Files.createDirectories(folder.resolve("before"));
        after = Files.createDirectories(folder.resolve("after"));
        try (Trainer trainer = engine.initialise(SHAPE, 1)) {
            trainer.saveModel(before, Storage.FP32);
        }
    }

    /** What the teacher writes follows from the token before; it is an entry of the own law except behind the trap. */
    private static List<RowExample> examples(List<LabelledSequence> own) {
        List<RowExample> examples = new ArrayList<>();
        for (LabelledSequence sequence : own) {
            int[] tokens = sequence.tokenIds();
            double[] difficulty = new double[tokens.length];
            boolean[] answered = new boolean[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                difficulty[t] = t > 0 && tokens[t - 1] == TRAP ? 9 : 0;
                answered[t] = true;
            }
            examples.add(new RowExample(sequence.promptIds(), tokens, sequence.laws(), difficulty, answered));
        }
        return examples;
    }

    private static List<LabelledSequence> texts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LabelledSequence> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(4, 0, WORDS).toArray();
            texts.add(LabelledSequence.ofPair(
                    "w", prompt, random.ints(10, 0, WORDS).toArray()));
        }
        return texts;
    }

    @Test
    void asksWhereItIsWrongUnderABudgetAndIsOtherwiseWhatItWas() {
        try (LanguageModel own = engine.open(before, Kernel.FP32);
                Trainer trainer = engine.trainer(before)) {
            List<LabelledSequence> laws = new TeacherLabels(own).label(texts(200, 1));
            new RowLearning(PLAN, ENTRIES).train(trainer, examples(laws), CLOCK, 50, progress -> {});
            trainer.saveModel(after, Storage.FP32);
        }
        try (LanguageModel own = engine.open(before, Kernel.FP32);
                LanguageModel asking = engine.open(after, Kernel.FP32)) {
            List<LabelledSequence> held = texts(40, 2);
            double[] told = figures(own, asking, held, 23);
            double[] alone = figures(own, asking, held, -1);
            assertThat(told[0]).as("u behind the trap").isGreaterThan(0.6);
            assertThat(told[1]).as("u elsewhere").isLessThan(0.1);
            assertThat(alone[0]).as("u behind the trap, alone").isLessThan(0.1);
            // The random law of the start has 3 nats of entropy; without an anchor it drifts by more than 0.1.
            assertThat(told[2]).as("KL(before || after) told").isLessThan(0.03);
            assertThat(alone[2]).as("KL(before || after) alone").isLessThan(0.03);
        }
    }

    /** Mean u behind the trap and elsewhere, and mean KL of the own laws where it does not ask. */
    private static double[] figures(LanguageModel own, LanguageModel asking, List<LabelledSequence> texts, int budget) {
        double[] sums = new double[3];
        int[] counts = new int[3];
        for (LabelledSequence text : texts) {
            double[][] plain = laws(own, text, -1);
            double[][] now = laws(asking, text, budget);
            for (int t = 0; t < plain.length; t++) {
                double ask = now[t][ENTRIES.ask()];
                double left = Arrays.stream(now[t], 0, WORDS).sum() + now[t][17] + now[t][18] + now[t][19] + now[t][16];
                boolean trap = t > 0 && text.tokenIds()[t - 1] == TRAP;
                sums[trap ? 0 : 1] += ask / (ask + left);
                counts[trap ? 0 : 1]++;
                if (!trap) {
                    sums[2] += divergence(plain[t], now[t], left);
                    counts[2]++;
                }
            }
        }
        return new double[] {sums[0] / counts[0], sums[1] / counts[1], sums[2] / counts[2]};
    }

    private static double divergence(double[] plain, double[] now, double left) {
        double kept = 0;
        for (int v = 0; v < 20; v++) {
            kept += plain[v];
        }
        double divergence = 0;
        for (int v = 0; v < 20; v++) {
            divergence += plain[v] / kept * Math.log(plain[v] / kept / (now[v] / left));
        }
        return divergence;
    }

    /** [T][V] probabilities of each completion token; {@code budget} is read first unless it is below 0. */
    private static double[][] laws(LanguageModel model, LabelledSequence text, int budget) {
        int extra = budget < 0 ? 0 : 1;
        int prompt = text.promptIds().length;
        int count = text.tokenIds().length;
        int[] ids = new int[extra + prompt + count - 1];
        ids[0] = Math.max(0, budget);
        System.arraycopy(text.promptIds(), 0, ids, extra, prompt);
        System.arraycopy(text.tokenIds(), 0, ids, extra + prompt, count - 1);
        int[] positions = new int[count];
        Arrays.setAll(positions, t -> extra + prompt - 1 + t);
        Scores scores = Scores.of(SHAPE, count, 2, Extra.LOGITS);
        model.score(new TokenBatch(1, ids.length, ids, positions), scores);
        double[][] laws = new double[count][SHAPE.vocabulary()];
        for (int t = 0; t < count; t++) {
            double sum = 0;
            for (int v = 0; v < laws[t].length; v++) {
                laws[t][v] = Math.exp(scores.logits[t * laws[t].length + v]);
                sum += laws[t][v];
            }
            for (int v = 0; v < laws[t].length; v++) {
                laws[t][v] /= sum;
            }
        }
        return laws;
    }

    @Test
    void theCutIsOverTheTrafficAndNotBelowTheFloor() {
        double[] difficulty = new double[100];
        difficulty[7] = 5;
        difficulty[8] = 4;
        difficulty[50] = 0.2;
        List<RowExample> examples = List.of(example(difficulty), example(new double[100]));

        // 0.9 · 1 % and 0.9 · 40 % of 200 tokens; the second leads below the floor
        AskEntries entries = new AskEntries(20, new double[] {0.01, 0.4}, new int[] {22, 23}, Trace.NONE);
        assertThat(new RowLearning(PLAN, entries).cuts(examples)).containsExactly(4, 0.3);
    }

    private static RowExample example(double[] difficulty) {
        TeacherDistribution law = new TeacherDistribution(new int[] {1}, new float[] {0});
        List<TeacherDistribution> laws = new ArrayList<>();
        for (int t = 0; t < difficulty.length; t++) {
            laws.add(law);
        }
        return new RowExample(
                new int[] {1}, new int[difficulty.length], laws, difficulty, new boolean[difficulty.length]);
    }

    @Test
    void anExampleIsHardWhereTheOwnTokenIsWorseAndAnsweredWhereTheTeacherSaysWhatIsRecorded() {
        TeacherDistribution taught = new TeacherDistribution(new int[] {5, 6}, new float[] {-0.25f, -2.25f});
        TeacherDistribution own = new TeacherDistribution(new int[] {6, 5}, new float[] {-0.1f, -3f});
        int[] positions = {0, 1};
        LabelledSequence byTeacher = new LabelledSequence(
                "w", "", new int[] {1}, new int[] {5, 6}, positions, List.of(taught, taught), true);
        LabelledSequence byStudent =
                new LabelledSequence("w", "", new int[] {1}, new int[] {5, 6}, positions, List.of(own, taught), true);

        RowExample example = RowExample.of(byTeacher, byStudent);

        assertThat(example.difficulty()).containsExactly(2, 0);
        assertThat(example.answered()).containsExactly(true, false);
    }

    @Test
    void nothingIsLearntFromNothing() {
        try (Trainer trainer = engine.trainer(before)) {
            RowLearning learning = new RowLearning(PLAN, ENTRIES);
            assertThatThrownBy(() -> learning.train(trainer, List.of(), CLOCK, 1, progress -> {}))
                    .hasMessageContaining("Show more sequences to the teacher");
        }
        assertThatThrownBy(() -> new RowPlan(-1, 0.1, 1, 1, 1, 1)).hasMessageContaining("floor -1.0");
    }
}
