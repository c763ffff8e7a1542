package dev.understudy.flink.job;

import dev.understudy.flink.decode.TeacherSource;
import dev.understudy.teacher.Teacher;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A teacher whose tokens are a function of what it is shown, and never end a text. */
record ScriptedTeacherSource(String log) implements TeacherSource {
    private static final long serialVersionUID = 1;

    @Override
    public Teacher open() {
        return new SingleTokenTeacher(
                SingleTokenTeacher.log(log), look -> all(look.promptIds(), look.completionIds()), () -> {});
    }

    /** [completion length + 1]: entry t follows the prompt and t tokens of the completion. */
    private static int[] all(int[] prompt, int[] completion) {
        return IntStream.rangeClosed(0, completion.length)
                .map(t -> says(prompt, Arrays.copyOf(completion, t)))
                .toArray();
    }

    static int says(int[] prompt, int[] completion) {
        return 1 + Math.floorMod(31 * Arrays.hashCode(prompt) + Arrays.hashCode(completion), TinyModels.VOCABULARY - 1);
    }
}
