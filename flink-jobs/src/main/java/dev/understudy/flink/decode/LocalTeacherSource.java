package dev.understudy.flink.decode;

import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Dialect;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import dev.understudy.teacher.TeacherRates;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A teacher on the student's engine, in the task manager's own process.
 *
 * @param directory its Hugging Face directory
 * @param callLog file that every call is written to, by which budgets are judged
 * @param rates what a call counts as in money
 */
public record LocalTeacherSource(String directory, String callLog, TeacherRates rates) implements TeacherSource {
    /** A teacher that costs no money. */
    public LocalTeacherSource(String directory, String callLog) {
        this(directory, callLog, TeacherRates.FREE);
    }

    @Override
    public Teacher open() {
        // Milliseconds are what the log keeps.
        CallLog log = new CallLog(Path.of(callLog), Clock.tickMillis(ZoneOffset.UTC));
        try {
            return new WithLog(LocalTeacher.open(Engine.installed(), Path.of(directory), log, rates), log);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    @Override
    public Optional<Dialect> dialect() {
        return Optional.of(Dialect.read(Engine.installed(), Path.of(directory)));
    }

    /** Closes the log after the teacher that writes to it. */
    private record WithLog(Teacher teacher, CallLog log) implements Teacher {
        @Override
        public String version() {
            return teacher.version();
        }

        @Override
        public long worstCost(Look look) {
            return teacher.worstCost(look);
        }

        @Override
        public CompletableFuture<Reply> look(Look look) {
            return teacher.look(look);
        }

        @Override
        public void forget(String sequence) {
            teacher.forget(sequence);
        }

        @Override
        public void close() {
            teacher.close();
            log.close();
        }
    }
}
