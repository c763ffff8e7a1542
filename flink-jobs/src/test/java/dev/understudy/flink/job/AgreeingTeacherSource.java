package dev.understudy.flink.job;

import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.teacher.Teacher;

/**
 * A teacher that says what the student would: help may come early, late or never, and the tokens stay the same.
 *
 * @param student directory of the student
 */
record AgreeingTeacherSource(String student, String log) implements TeacherSource {
    private static final long serialVersionUID = 1;

    @Override
    public Teacher open() {
        GreedyModel model = new GreedyModel(student);
        return new SingleTokenTeacher(
                SingleTokenTeacher.log(log), look -> model.all(look.promptIds(), look.completionIds()), model);
    }
}
