package dev.understudy.flink.job;

import dev.understudy.wire.decode.CompletionProduced;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Says what a completion must hold when each of its tokens is what its author says after the tokens before it: the
 * greedy student, or the scripted teacher. When help came is of no account, so completions of disturbed runs can be
 * judged.
 */
final class AuthorJudge implements AutoCloseable {
    private static final byte STUDENT = 0;

    private final GreedyModel student;

    AuthorJudge(String directory) {
        student = new GreedyModel(directory);
    }

    List<Integer> written(CompletionProduced completion) {
        int[] prompt = array(completion.getPromptIds());
        int[] tokens = array(completion.getTokenIds());
        ByteBuffer authors = completion.getAuthors();
        int[] student = this.student.all(prompt, tokens);
        List<Integer> expected = new ArrayList<>();
        for (int t = 0; t < authors.remaining(); t++) {
            expected.add(
                    authors.get(authors.position() + t) == STUDENT
                            ? student[t]
                            : ScriptedTeacherSource.says(prompt, Arrays.copyOf(tokens, t)));
        }
        return expected;
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        student.close();
    }
}
