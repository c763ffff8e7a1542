package dev.understudy.infra.demo;

import dev.understudy.lm.Engine;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import dev.understudy.teacher.TeacherRates;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;

/** The local teacher, waited for at every look, so that a run has one order of events. */
record WaitedForTeacher(LocalTeacher teacher, CallLog log) implements Teacher {
    static WaitedForTeacher open(Engine engine, Path directory, Path folder) {
        CallLog log = new CallLog(folder.resolve("calls.log"), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        return new WaitedForTeacher(LocalTeacher.open(engine, directory, log, TeacherRates.FREE), log);
    }

    @Override
    public String version() {
        return teacher.version();
    }

    @Override
    public CompletableFuture<Reply> look(Look look) {
        return CompletableFuture.completedFuture(teacher.look(look).join());
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
