package dev.understudy.infra.bench.frontier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Draft.Detail;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import dev.understudy.teacher.Reply;
import dev.understudy.teacher.Teacher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Behind it a teacher whose law at a position is the sum of all tokens before it. */
class RememberingTest {
    private final List<Look> asked = new ArrayList<>();
    private final Remembering remembering = new Remembering(new Summing());

    private final class Summing implements Teacher {
        @Override
        public String version() {
            return "summing";
        }

        @Override
        public CompletableFuture<Reply> look(Look look) {
            asked.add(look);
            return CompletableFuture.completedFuture(answer(look));
        }

        @Override
        public void forget(String sequence) {
            // nothing is kept
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private static Reply answer(Look look) {
        List<TeacherDistribution> laws = new ArrayList<>();
        for (int i = 0; i < look.wanted(); i++) {
            laws.add(law(look, look.knownThrough() + i));
        }
        float[] own = new float[look.draft().tokens()];
        for (int i = 0; i < own.length; i++) {
            int position = look.completionIds().length - own.length + i;
            own[i] = -law(look, position).argmax() - look.completionIds()[position];
        }
        return new Reply(laws, look.draft().detail() == Detail.TOP ? new float[0] : own, new float[0][]);
    }

    private static TeacherDistribution law(Look look, int position) {
        int sum = Arrays.stream(look.promptIds()).sum()
                + Arrays.stream(look.completionIds()).limit(position).sum();
        return new TeacherDistribution(new int[] {sum, sum + 1}, new float[] {-0.1f, -3});
    }

    private static Look look(LookPurpose purpose, int known, Draft draft, int... written) {
        return new Look("c", "p", "t", "w", Instant.EPOCH, purpose, new int[] {3, 4}, written.clone(), known, draft);
    }

    private void assertAnswered(Look look) {
        Reply seen = remembering.look(look).join();
        Reply expected = answer(look);
        assertThat(seen.distributions().stream().map(TeacherDistribution::argmax))
                .containsExactlyElementsOf(expected.distributions().stream()
                        .map(TeacherDistribution::argmax)
                        .toList());
        assertThat(seen.draftLogProbabilities()).containsExactly(expected.draftLogProbabilities());
    }

    @Test
    void asksOnceForWhatFollowsAText() {
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 1, 2));
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 1, 2));
        assertAnswered(look(LookPurpose.ASK, 1, Draft.NONE, 1));
        assertAnswered(look(LookPurpose.AUDIT, 0, Draft.NONE, 1, 2));
        assertThat(asked).hasSize(1);
    }

    @Test
    void asksAgainWhereAnotherTextWasWritten() {
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 1, 2));
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 1, 5));
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 2, 1));
        assertThat(asked).extracting(Look::knownThrough).containsExactly(0, 2, 1);
    }

    @Test
    void keepsWhatDraftsAreWorthWithTheDraftThatWasWritten() {
        Draft two = new Draft(2, Detail.DRAFTS);
        assertAnswered(look(LookPurpose.ASK, 0, Draft.NONE, 1, 2));
        assertAnswered(look(LookPurpose.VERIFY, 0, two, 1, 2));
        assertAnswered(look(LookPurpose.VERIFY, 0, two, 1, 2));
        assertAnswered(look(LookPurpose.VERIFY, 0, two, 1, 7));
        assertAnswered(look(LookPurpose.ASK, 1, new Draft(1, Detail.DRAFTS), 1, 7));
        assertThat(asked).hasSize(4);
    }
}
