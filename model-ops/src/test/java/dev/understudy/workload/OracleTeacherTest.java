package dev.understudy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OracleTeacherTest {
    private static final Example EXAMPLE =
            IntakeStream.distinct(8, Workload.ORDER_C2, 1, Split.TEST).get(0);

    private final LetterTokenizer tokenizer = new LetterTokenizer();
    private final Path file;
    private final CallLog log;
    private final OracleTeacher teacher;

    OracleTeacherTest(@TempDir Path folder) {
        file = folder.resolve("calls.jsonl");
        log = new CallLog(file, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        teacher = new OracleTeacher(tokenizer, log);
    }

    @AfterEach
    void close() {
        teacher.close();
        log.close();
    }

    @Test
    void writesTheWholeAnswerTokenByTokenAndThenTheEnd() {
        int[] written = new int[0];
        for (int i = 0; i < EXAMPLE.answer().length(); i++) {
            Reply reply = look(LookPurpose.ASK, written, written.length);
            written = Arrays.copyOf(written, written.length + 1);
            written[i] = last(reply);
        }
        assertThat(tokenizer.decode(written)).isEqualTo(EXAMPLE.answer());
        assertThat(last(look(LookPurpose.ASK, written, 0))).isZero();
        assertThat(look(LookPurpose.ASK, written, 3).distributions())
                .hasSize(EXAMPLE.answer().length() + 1 - 3);
    }

    @Test
    void anAuditShowsTheLawOfEveryWrittenTokenEvenAfterAWrongOne() {
        int[] written = DemoModels.answerIds(tokenizer, EXAMPLE.answer());
        int[] wrong = written.clone();
        wrong[4]++;
        Reply reply = look(LookPurpose.AUDIT, wrong, 0);
        assertThat(reply.distributions())
                .extracting(TeacherDistribution::argmax)
                .containsExactly(box(written));
        assertThat(reply.distributions().get(0).tailMass()).isBetween(0.005, 0.015);
    }

    @Test
    void logsALookEvenWhenItCannotAnswer() {
        int[] nonsense = tokenizer.encode("hello");
        Look look = new Look(
                "c", "s", "acme", "order-c2", Instant.EPOCH, LookPurpose.ASK, nonsense, new int[0], 0, Draft.NONE);
        assertThat(teacher.look(look)).isCompletedExceptionally();
        assertThat(CallLog.read(file)).hasSize(1);
    }

    private Reply look(LookPurpose purpose, int[] written, int from) {
        int[] prompt = tokenizer.encode(EXAMPLE.prompt() + LetterTokenizer.SEPARATOR);
        return teacher.look(new Look(
                        "c",
                        "s",
                        "acme",
                        EXAMPLE.workload().id(),
                        Instant.EPOCH,
                        purpose,
                        prompt,
                        written,
                        from,
                        Draft.NONE))
                .join();
    }

    private static int last(Reply reply) {
        return reply.distributions().get(reply.distributions().size() - 1).argmax();
    }

    private static Integer[] box(int[] ids) {
        return Arrays.stream(ids).boxed().toArray(Integer[]::new);
    }
}
