package dev.understudy.flink.decode;

import dev.understudy.prompt.Dialect;
import dev.understudy.teacher.Teacher;
import java.io.Serializable;
import java.util.Optional;

/**
 * How a task manager comes by its teacher. Travels with the job graph; equal sources share one teacher in a process.
 */
public interface TeacherSource extends Serializable {
    /** Opens the teacher; called once a process, closed by {@link SharedTeachers}. */
    Teacher open();

    /** What it must share with the student; empty for a teacher that understands whatever the student writes. */
    default Optional<Dialect> dialect() {
        return Optional.empty();
    }
}
