package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskInput;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.AskNetwork;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.flink.decode.LocalTeacherSource;
import dev.understudy.flink.job.WordJob.Asking;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real job under policy ask-token, with a student whose head asks for the first token of every completion. */
class LearnedServingJobIT {
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
        assertThat(completions).allSatisfy(completion -> {
            assertThat(completion.getTeacherTokens()).isLessThanOrEqualTo(1);
            if (completion.getTeacherTokens() == 1) {
                assertThat(completion.getAuthors().get(0)).isEqualTo((byte) 1);
            }
        });
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
