package dev.understudy.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.flink.job.WordJob.Asking;
import dev.understudy.wire.Topics;
import dev.understudy.wire.decode.CompletionProduced;
import dev.understudy.wire.decode.HelpState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The serving job loses its task manager in the middle of sequences. A student of eight layers makes seconds of work of
 * 400 prompts, so that the loss comes while sequences, asks and unconfirmed spending are in flight.
 */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // JUnit sets the folder, start() the rest.
class KilledServingJobIT {
    private static final int PROMPTS = 400;
    private static final String STUDENT = "slow-student";

    @TempDir
    static Path directory;

    @AutoClose
    private static Pipeline pipeline;
    /** Tokens by prompt of a run that nothing happened to. */
    private static Map<String, List<Integer>> calm;

    @BeforeAll
    static void start() throws Exception {
        TinyModels.write(directory.resolve(STUDENT), 7, 8);
        pipeline = new Pipeline();
        try (RunningJob job = started(alone("calm.", 8))) {
            calm = tokens(completions("calm."));
        }
    }

    @Test
    void nothingIsLostOrDoubled() throws Exception {
        List<CompletionProduced> killed;
        try (RunningJob job = started(alone("killed.", 1).checkpoints(Duration.ofSeconds(1)))) {
            pipeline.await("killed.", Topics.COMPLETIONS, CompletionProduced.class, 1);
            // They are written again after the loss, and must be seen once.
            pipeline.awaitUncommitted("killed.", Topics.COMPLETIONS, CompletionProduced.class, 5);
            pipeline.replaceTaskManager();
            killed = completions("killed.");
        }

        assertThat(killed)
                .extracting(CompletionProduced::getId)
                .doesNotHaveDuplicates()
                .hasSize(PROMPTS);
        assertThat(killed).filteredOn(completion -> completion.getResumed() > 0).isNotEmpty();
        assertThat(tokens(killed)).isEqualTo(calm);
    }

    /** With help that is waited for, a disturbed run asks where the calm one does, whatever the teacher says there. */
    @Test
    void withAmpleHelpAllTokensOfATeacherWhoDisagreesAreWhereTheyWouldHaveBeen() throws Exception {
        List<CompletionProduced> undisturbed;
        try (RunningJob job = started(ample("ample-calm.", 8))) {
            undisturbed = completions("ample-calm.");
        }
        List<CompletionProduced> killed;
        try (RunningJob job = started(ample("ample.", 2))) {
            log("ample.").awaitTokens(100);
            pipeline.replaceTaskManager();
            killed = completions("ample.");
        }

        assertThat(killed)
                .extracting(CompletionProduced::getId)
                .doesNotHaveDuplicates()
                .hasSize(PROMPTS);
        assertThat(killed)
                .filteredOn(completion -> completion.getResumed() > 0
                        && completion.getTeacherTokens() > 0
                        && completion.getTeacherTokens()
                                < completion.getTokenIds().size())
                .isNotEmpty();
        assertThat(tokens(killed)).isEqualTo(tokens(undisturbed)).isNotEqualTo(calm);
        assertThat(authors(killed)).isEqualTo(authors(undisturbed));
        assertThat(log("ample.").tokens()).isGreaterThanOrEqualTo(teacherTokens(killed));
        assertThat(log("ample-calm.").tokens()).isEqualTo(teacherTokens(undisturbed));
    }

    private static WordJob ample(String prefix, int rows) {
        TeacherSource teacher = new ScriptedTeacherSource(log(prefix).file().toString());
        return alone(prefix, rows).asking(Asking.share(0.2, 1_000_000, teacher).waiting());
    }

    private static long teacherTokens(List<CompletionProduced> completions) {
        return completions.stream()
                .mapToLong(CompletionProduced::getTeacherTokens)
                .sum();
    }

    private static Map<String, ByteBuffer> authors(List<CompletionProduced> completions) {
        return completions.stream()
                .collect(Collectors.toMap(CompletionProduced::getId, CompletionProduced::getAuthors));
    }

    @Test
    void withScarceHelpTheCapHoldsAndEveryTokenIsItsAuthors() throws Exception {
        long cap = 1000;
        TeacherSource teacher = new ScriptedTeacherSource(log("scarce.").file().toString());
        List<CompletionProduced> killed;
        try (RunningJob job = started(alone("scarce.", 2).asking(Asking.always(cap, teacher)))) {
            log("scarce.").awaitTokens(cap / 4);
            pipeline.replaceTaskManager();
            killed = completions("scarce.");
        }

        assertThat(killed)
                .extracting(CompletionProduced::getId)
                .doesNotHaveDuplicates()
                .hasSize(PROMPTS);
        assertThat(killed).filteredOn(completion -> completion.getResumed() > 0).isNotEmpty();
        assertThat(killed).extracting(CompletionProduced::getHelpState).contains(HelpState.EXHAUSTED);
        assertThat(log("scarce.").tokens()).isBetween(cap / 4, cap);
        try (AuthorJudge judge = new AuthorJudge(directory.resolve(STUDENT).toString())) {
            assertThat(killed)
                    .allSatisfy(
                            completion -> assertThat(judge.written(completion)).isEqualTo(completion.getTokenIds()));
        }
    }

    @Test
    void theCapHoldsAcrossALossAndAStartWithoutState() throws Exception {
        long cap = 1000;
        WordJob asking = alone("anew.", 2)
                .asking(Asking.always(
                        cap, new ScriptedTeacherSource(log("anew.").file().toString())));
        long before;
        try (RunningJob job = started(asking)) {
            log("anew.").awaitTokens(cap / 4);
            pipeline.replaceTaskManager();
            // Not tokens: what was reserved at the loss may be all that there was.
            pipeline.await("anew.", Topics.COMPLETIONS, CompletionProduced.class, PROMPTS / 4);
        }
        before = log("anew.").tokens();

        // Without state the prompts are read from the beginning; what was spent on them stays spent.
        int answered = pipeline.now("anew.", Topics.COMPLETIONS, CompletionProduced.class)
                .size();
        try (RunningJob job = pipeline.start(asking)) {
            pipeline.await("anew.", Topics.COMPLETIONS, CompletionProduced.class, answered + PROMPTS);
        }

        assertThat(log("anew.").tokens()).isBetween(before, cap);
    }

    /** Creates the topics, sends the prompts and starts the job. */
    private static RunningJob started(WordJob job) throws Exception {
        pipeline.createTopics(job.prefix());
        pipeline.send(job.prefix(), Topics.PROMPTS, WordJob.longPrompts(PROMPTS));
        return pipeline.start(job);
    }

    private static WordJob alone(String prefix, int rows) {
        return WordJob.alone(prefix, directory).student(STUDENT, rows);
    }

    private static List<CompletionProduced> completions(String prefix) {
        return pipeline.await(prefix, Topics.COMPLETIONS, CompletionProduced.class, PROMPTS);
    }

    private static TeacherLog log(String prefix) {
        return new TeacherLog(directory.resolve(prefix + "log"));
    }

    private static Map<String, List<Integer>> tokens(List<CompletionProduced> completions) {
        return completions.stream()
                .collect(Collectors.toMap(CompletionProduced::getId, CompletionProduced::getTokenIds));
    }
}
