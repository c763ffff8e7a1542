package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskInput;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.decode.head.RowHead;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.job.WordJob.Asking;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real job under policy ask-token: a student whose head asks for the first token of every completion, and one that
 * says the ask token of its vocabulary wherever it may.
 */
class LearnedServingJobIT {
    private static final int ASK = 60;
    private static final int TOLD = 61;
    private static final AskEntries ENTRIES = new AskEntries(ASK, new double[] {0.1}, new int[] {TOLD}, Trace.KEPT);
    private static final int WIDTH = 16;
    private static final int ROUNDS = 20;
    private static final int PROMPTS = 20;

    private final Path directory;

    LearnedServingJobIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void theHeadBesideTheWeightsDecides() throws Exception {
        AskHeadFile.write(TinyModels.write(directory.resolve("student"), 7), askingFirst());
        List<CompletionProduced> completions = completions();

        assertThat(completions).allSatisfy(completion -> {
            assertThat(completion.getTeacherTokens()).isLessThanOrEqualTo(1);
            if (completion.getTeacherTokens() == 1) {
                assertThat(completion.getAuthors().get(0)).isEqualTo((byte) 1);
            }
        });
    }

    @Test
    void theAskTokenOfTheVocabularyDecidesAndIsNeverWritten() throws Exception {
        Path student = TinyModels.write(directory.resolve("student"), 7);
        learnToAsk(student);
        AskHeadFile.write(student, RowHead.unpriced(ENTRIES));

        // This teacher has random weights and may say anything; the student must not.
        assertThat(completions()).allSatisfy(completion -> {
            for (int t = 0; t < completion.getTokenIds().size(); t++) {
                boolean own = completion.getAuthors().get(t) == 0;
                assertThat(own
                                && List.of(ASK, TOLD)
                                        .contains(completion.getTokenIds().get(t)))
                        .as("student writes an entry at %d of %s", t, completion.getText())
                        .isFalse();
            }
        });
    }

    /** Completions of the job, those of at least {@value #PROMPTS} prompts with a token of the teacher's. */
    private List<CompletionProduced> completions() throws Exception {
        TinyModels.write(directory.resolve("teacher"), 8);
        AskConfig config = new AskConfig(
                new AskPolicy.AskToken(Action.THRESHOLD), 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
        LocalTeacherSource teacher = new LocalTeacherSource(
                directory.resolve("teacher").toString(),
                directory.resolve("calls.log").toString());

        List<CompletionProduced> completions = List.of();
        try (Pipeline pipeline = new Pipeline()) {
            pipeline.createTopics("learned.");
            try (RunningJob job = pipeline.start(
                    WordJob.alone("learned.", directory).asking(new Asking(config, 100_000, teacher, Duration.ZERO)))) {
                // Help arrives with Flink's checkpoints, so the first prompts may go without.
                for (int round = 1; round <= ROUNDS && helped(completions) < PROMPTS; round++) {
                    pipeline.send("learned.", Topics.PROMPTS, WordJob.prompts((round - 1) * PROMPTS, PROMPTS));
                    completions =
                            pipeline.await("learned.", Topics.COMPLETIONS, CompletionProduced.class, round * PROMPTS);
                }
            }
        }

        assertThat(helped(completions)).isGreaterThanOrEqualTo(PROMPTS);
        return completions;
    }

    /** Makes the ask token the most probable entry after everything. */
    private static void learnToAsk(Path student) {
        SplittableRandom random = new SplittableRandom(1);
        int time = 12;
        try (Trainer trainer = Engine.installed().trainer(student)) {
            for (int step = 0; step < 80; step++) {
                int[] ids = random.ints(8L * time, 0, TinyModels.VOCABULARY).toArray();
                int[] labels = new int[ids.length];
                float[] weights = new float[ids.length];
                Arrays.fill(labels, ASK);
                Arrays.fill(weights, 1);
                TokenBatch tokens = new TokenBatch(
                        8, time, ids, IntStream.range(0, ids.length).toArray());
                trainer.step(new TrainingBatch(tokens, weights, new Targets.Labels(labels)), Hyper.of(1e-2));
            }
            trainer.saveModel(student, Storage.FP32);
        }
    }

    private static long helped(List<CompletionProduced> completions) {
        return completions.stream()
                .filter(completion -> completion.getTeacherTokens() > 0)
                .count();
    }

    /** Doubts position 0, and none after it. */
    private static PricedHead askingFirst() {
        int inputs = AskInput.width(WIDTH);
        float[] first = new float[inputs];
        first[inputs - 1] = 1000;
        double[] one = {0.1};
        return new PricedHead(network(first, -1, 4), network(new float[inputs], 0, 0), new AskLevels(one, one, one));
    }

    private static AskNetwork network(float[] first, float second, float bias) {
        float[] scale = new float[first.length];
        Arrays.fill(scale, 1);
        return new AskNetwork(new float[first.length], scale, first, new float[1], new float[] {second}, bias);
    }
}
