package dev.understudy.flink.decode;

import dev.understudy.teacher.Teacher;
import java.util.HashMap;
import java.util.Map;

/**
 * The open teachers of this process, counted by their users. A local teacher takes gigabytes and a thread: the subtasks
 * of a task manager share one. Thread safe.
 */
final class SharedTeachers {
    // Flink offers subtasks of one process no other meeting place than a static field.
    private static final Map<TeacherSource, Shared> OPEN = new HashMap<>();

    private static final class Shared {
        private final Teacher teacher;
        private int users;

        private Shared(Teacher teacher) {
            this.teacher = teacher;
        }
    }

    private SharedTeachers() {}

    /** The teacher of a source, opened when nobody uses it yet. Every call needs one {@link #release}. */
    static synchronized Teacher acquire(TeacherSource source) {
        Shared shared = OPEN.computeIfAbsent(source, missing -> new Shared(missing.open()));
        shared.users++;
        return shared.teacher;
    }

    /** Closes the teacher with its last user. */
    static synchronized void release(TeacherSource source) {
        Shared shared = OPEN.get(source);
        if (shared == null) {
            throw new IllegalStateException("[BUG] a teacher is released that is not open");
        }
        shared.users--;
        if (shared.users == 0) {
            OPEN.remove(source);
            shared.teacher.close();
        }
    }
}
