package dev.understudy.infra.demo;

import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.lm.engine.Engine;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.Teacher;
import dev.understudy.workload.OracleTeacher;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;

/**
 * The oracle in a serving job, for tests and for measuring.
 *
 * @param tokenizerDirectory folder with the shared {@code tokenizer.json}
 * @param callLog file that every call is written to
 */
record OracleTeacherSource(String tokenizerDirectory, String callLog) implements TeacherSource {
    @Override
    public Teacher open() {
        CallLog log = new CallLog(Path.of(callLog), Clock.tickMillis(ZoneOffset.UTC));
        return new OracleTeacher(Engine.installed().tokenizer(Path.of(tokenizerDirectory)), log);
    }
}
