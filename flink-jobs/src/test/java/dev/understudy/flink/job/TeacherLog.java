package dev.understudy.flink.job;

import dev.understudy.teacher.CallLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** What a teacher has counted itself. */
record TeacherLog(Path file) {
    long tokens() {
        return Files.exists(file)
                ? CallLog.read(file).stream().mapToLong(CallLog.Entry::tokens).sum()
                : 0;
    }

    void awaitTokens(long tokens) {
        Awaitility.await(tokens + " teacher tokens")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> tokens() >= tokens);
    }

    void awaitMoreTokens(long tokens) {
        awaitTokens(tokens() + tokens);
    }
}
