package dev.understudy.infra.demo;

import dev.understudy.lm.engine.Engine;
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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * The local teacher, waited for: what was asked is answered when {@link #deliver} is called, in the order of asking, so
 * that a run has one order of events. Confined to the decoder's thread.
 */
final class WaitedForTeacher implements Teacher {
    private final LocalTeacher teacher;
    private final CallLog log;
    private final Queue<Asked> asked = new ArrayDeque<>();

    private record Asked(CompletableFuture<Reply> answer, CompletableFuture<Reply> told) {}

    private WaitedForTeacher(LocalTeacher teacher, CallLog log) {
        this.teacher = teacher;
        this.log = log;
    }

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
        CompletableFuture<Reply> told = new CompletableFuture<>();
        asked.add(new Asked(teacher.look(look), told));
        return told;
    }

    /** Waits for everything that was asked so far and tells it. */
    void deliver() {
        for (Asked next = asked.poll(); next != null; next = asked.poll()) {
            next.told().complete(next.answer().join());
        }
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
