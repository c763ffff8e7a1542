package dev.understudy.signal;

import dev.understudy.lm.TeacherDistribution;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small signals for tests, written as text: who wrote a token, the token, what the teacher would have said. */
final class Interventions {
    static final String VOCABULARY = "ab".repeat(32);

    private Interventions() {}

    /**
     * One word a token: {@code s5=5} student wrote 5 and the teacher says 5, {@code t7=7} teacher wrote 7, {@code s4}
     * nobody looked.
     */
    static Intervention of(String tenant, String workload, int[] promptIds, String... words) {
        int[] tokenIds = new int[words.length];
        List<Author> authors = new ArrayList<>();
        List<@Nullable TeacherDistribution> laws = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String token = words[i].substring(1, equals < 0 ? words[i].length() : equals);
            tokenIds[i] = Integer.parseInt(token);
            authors.add(words[i].charAt(0) == 't' ? Author.TEACHER : Author.STUDENT);
            laws.add(equals < 0 ? null : law(Integer.parseInt(words[i].substring(equals + 1))));
        }
        return withLaws(tenant, workload, promptIds, tokenIds, authors, laws);
    }

    static Intervention withLaws(
            String tenant,
            String workload,
            int[] promptIds,
            int[] tokenIds,
            List<Author> authors,
            List<@Nullable TeacherDistribution> laws) {
        return new Intervention(
                "p-1",
                tenant,
                workload,
                promptIds,
                tokenIds,
                authors,
                tokenIds,
                new float[tokenIds.length],
                new float[tokenIds.length],
                laws,
                1,
                "v1",
                "teacher-1",
                VOCABULARY,
                true);
    }

    static TeacherDistribution law(int argmax) {
        return new TeacherDistribution(new int[] {argmax, argmax + 1}, new float[] {-0.1f, -3f});
    }
}
