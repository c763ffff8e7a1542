package dev.understudy.flink.decode;

import dev.understudy.teacher.Teacher;
import java.io.Serializable;

/**
 * How a task manager comes by its teacher. Travels with the job graph; equal sources share one teacher in a process.
 */
public interface TeacherSource extends Serializable {
    /** Opens the teacher; called once a process, closed by {@link SharedTeachers}. */
    Teacher open();
}
