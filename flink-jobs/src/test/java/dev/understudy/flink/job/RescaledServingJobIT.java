package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.flink.job.WordJob.Asking;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three losses and two rescales of one serving job under load, with less help than it wants. */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // JUnit sets the folder.
class RescaledServingJobIT {
    private static final int PROMPTS = 400;

    @TempDir
    static Path directory;

    @Test
    void theCapHoldsAndNothingIsLostOrDoubledThroughThreeKillsAndTwoRescales() throws Exception {
        long cap = 8000;
        TinyModels.write(directory.resolve("student"), 7, 8);
        TeacherLog log = new TeacherLog(directory.resolve("calls.log"));
        WordJob asking = WordJob.alone("rescaled.", directory)
                .student("student", 2)
                .asking(Asking.always(cap, new ScriptedTeacherSource(log.file().toString())));
        List<CompletionProduced> completions;
        try (Pipeline pipeline = Pipeline.rescalable(3)) {
            pipeline.createTopics(asking.prefix());
            pipeline.send(asking.prefix(), Topics.PROMPTS, WordJob.longPrompts(PROMPTS));
            try (RunningJob job = pipeline.start(asking)) {
                log.awaitMoreTokens(50);
                pipeline.replaceTaskManager();
                log.awaitMoreTokens(20);
                job.rescale("decode", 3);
                log.awaitMoreTokens(20);
                pipeline.replaceTaskManager();
                log.awaitMoreTokens(20);
                job.rescale("decode", 1);
                log.awaitMoreTokens(20);
                pipeline.replaceTaskManager();
                completions = pipeline.await(asking.prefix(), Topics.COMPLETIONS, CompletionProduced.class, PROMPTS);
            }
        }

        assertThat(completions)
                .extracting(CompletionProduced::getId)
                .doesNotHaveDuplicates()
                .hasSize(PROMPTS);
        assertThat(completions.stream().mapToInt(CompletionProduced::getResumed).sum())
                .as("sequences that were in flight at three losses")
                .isGreaterThanOrEqualTo(3);
        assertThat(log.tokens()).isLessThanOrEqualTo(cap);
        try (AuthorJudge judge = new AuthorJudge(directory.resolve("student").toString())) {
            assertThat(completions)
                    .allSatisfy(
                            completion -> assertThat(judge.written(completion)).isEqualTo(completion.getTokenIds()));
        }
    }
}
