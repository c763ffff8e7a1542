package dev.understudy.teacher;

import static dev.understudy.lm.ScriptedLanguageModel.hash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.lm.TeacherDistribution;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTeacherTest {
    private static final int V = 40;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<LookPurpose> PURPOSES = List.of(LookPurpose.values());
    private static final List<Draft.Detail> DETAILS = List.of(Draft.Detail.values());
    private static final TeacherRates RATES = new TeacherRates(100, 2_000, 5_000);
    private static final int[] PROMPT = {1, 2, 3};

    private final ScriptedLanguageModel model = new ScriptedLanguageModel(V, 32, LocalTeacherTest::law);
    private Path file;
    private CallLog log;
    private LocalTeacher teacher;
    private int calls;

    @BeforeEach
    void open(@TempDir Path folder) {
        file = folder.resolve("calls.jsonl");
        log = new CallLog(file, Clock.fixed(NOW, ZoneOffset.UTC));
        teacher = new LocalTeacher("t", model, 4, log, RATES);
    }

    @AfterEach
    void close() {
        teacher.close();
        log.close();
        assertThat(model.closed).isTrue();
    }

    @Test
    void askFeedsOnlyTheTokensSinceTheOneBeforeAndBringsTheirDistributions() {
        assertThat(last(teacher.look(ask("s", 0)).join())).isEqualTo(law(PROMPT).argmax());
        assertThat(model.tokensFed).isEqualTo(3);

        Reply second = teacher.look(ask("s", 1, 9, 8, 7)).join();

        assertThat(model.tokensFed).isEqualTo(6);
        assertThat(second.distributions())
                .extracting(TeacherDistribution::argmax)
                .containsExactly(
                        law(new int[] {1, 2, 3, 9}).argmax(),
                        law(new int[] {1, 2, 3, 9, 8}).argmax(),
                        law(new int[] {1, 2, 3, 9, 8, 7}).argmax());
        assertThat(second.distributions().get(0).ids()).hasSize(LocalTeacher.TOP_K);
    }

    @Test
    void onlyWhatIsReadIsChargedAndNeverMoreThanTheWorstCase() {
        Look first = ask("s", 0);
        Look second = ask("s", 1, 9, 8, 7);

        assertThat(teacher.worstCost(first)).isEqualTo(100 + 3 * 2 + 5);
        assertThat(teacher.look(first).join().microDollars()).isEqualTo(100 + 3 * 2 + 5);
        assertThat(teacher.worstCost(second)).isEqualTo(100 + 6 * 2 + 5);
        assertThat(teacher.look(second).join().microDollars())
                .as("three are cached")
                .isEqualTo(100 + 3 * 2 + 5);
        assertThat(CallLog.read(file)).extracting(CallLog.Entry::microDollars).containsExactly(111L, 117L, -6L);
    }

    @Test
    void auditDescribesEveryPositionAndFeedsNotTheLastToken() {
        Reply reply = teacher.look(look("s", LookPurpose.AUDIT, 0, 9, 8)).join();

        assertThat(reply.distributions())
                .extracting(TeacherDistribution::argmax)
                .containsExactly(
                        law(PROMPT).argmax(), law(new int[] {1, 2, 3, 9}).argmax());
        assertThat(model.tokensFed).isEqualTo(4);
    }

    @Test
    void looksThatWaitAreServedTogether() {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            int[] completion = new int[round];
            for (int s = 0; s < 4; s++) {
                replies.add(teacher.look(ask("s" + s, round, completion)));
            }
        }
        replies.forEach(CompletableFuture::join);

        // Each round is one call where the four looks waited together, and never more than one call a look.
        assertThat(model.prefills).isBetween(1, 4);
        assertThat(model.steps).isBetween(4, 16);
        assertThat(model.extendCalls).isZero();
        assertThat(model.tokensFed).isEqualTo(4 * (3 + 4));
    }

    /** Random looks at more sequences than rows, with repeats, changed histories and forgetting, against the script. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyReplyEqualsTheScriptWhateverWasCached(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Look> looks = new ArrayList<>();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int[] completion = random.ints(random.nextInt(6), 0, 2).toArray();
            LookPurpose purpose = PURPOSES.get(random.nextInt(PURPOSES.size()));
            int known = random.nextInt(completion.length + 1);
            Draft draft = new Draft(
                    purpose.writes() ? random.nextInt(completion.length - known + 1) : 0,
                    purpose.writes() ? DETAILS.get(random.nextInt(DETAILS.size())) : Draft.Detail.TOP);
            Look look = look("s" + random.nextInt(7), purpose, known, draft, completion);
            looks.add(look);
            replies.add(teacher.look(look));
            if (random.nextInt(5) == 0) {
                teacher.forget("s" + random.nextInt(7));
            }
        }

        for (int i = 0; i < looks.size(); i++) {
            assertThat(replies.get(i).join().distributions())
                    .as("seed %d look %d", seed, i)
                    .extracting(TeacherDistribution::argmax)
                    .isEqualTo(expected(looks.get(i)));
            assertDetails(looks.get(i), replies.get(i).join());
        }
        List<CallLog.Entry> entries = CallLog.read(file);
        assertThat(entries.stream().mapToLong(CallLog.Entry::calls).sum()).isEqualTo(200);
        assertThat(entries.stream().mapToLong(CallLog.Entry::microDollars).sum())
                .as("the log's cost is what the replies said")
                .isEqualTo(replies.stream()
                        .mapToLong(reply -> reply.join().microDollars())
                        .sum());
    }

    @Test
    void aLongBlockIsReadInPiecesOfBoundedMemory() {
        int[] drafts = new int[21];
        for (int i = 0; i < drafts.length; i += 2) {
            drafts[i] = law(before(look("s", LookPurpose.ASK, 0, drafts), i)).argmax();
        }
        Look look = look("s", LookPurpose.ASK, 0, new Draft(21, Draft.Detail.LAWS), drafts);

        Reply reply = teacher.look(look).join();

        assertThat(model.extendCalls).isEqualTo(3);
        assertDetails(look, reply);
        assertThat(reply.distributions())
                .extracting(TeacherDistribution::argmax)
                .isEqualTo(expected(look));
    }

    @Test
    void sequenceThatDoesNotFitIsRefusedWithTheRemedyAndTheNextLookWorks() {
        CompletableFuture<Reply> tooLong = teacher.look(ask("s", 0, new int[30]));

        assertThatThrownBy(tooLong::join)
                .hasMessageContaining("33 tokens do not fit into its context of 32")
                .hasMessageContaining("Lower the prompt's max tokens");
        assertThat(last(teacher.look(ask("s", 0)).join())).isEqualTo(law(PROMPT).argmax());
    }

    @Test
    void closedTeacherFailsItsLooks() {
        teacher.close();

        assertThatThrownBy(() -> teacher.look(ask("s", 0)).join()).hasMessageContaining("is closed");
    }

    private Look ask(String sequence, int knownThrough, int... completion) {
        return look(sequence, LookPurpose.ASK, knownThrough, completion);
    }

    private Look look(String sequence, LookPurpose purpose, int knownThrough, int... completion) {
        return look(sequence, purpose, knownThrough, Draft.NONE, completion);
    }

    private Look look(String sequence, LookPurpose purpose, int knownThrough, Draft draft, int... completion) {
        return new Look(
                "c" + calls++, sequence, "acme", "order", NOW, purpose, PROMPT, completion, knownThrough, draft);
    }

    private static int last(Reply reply) {
        return reply.distributions().get(reply.distributions().size() - 1).argmax();
    }

    private static List<Integer> expected(Look look) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < look.wanted(); i++) {
            ids.add(law(before(look, look.knownThrough() + i)).argmax());
        }
        return ids;
    }

    private static int[] before(Look look, int position) {
        int[] tokens = Arrays.copyOf(PROMPT, PROMPT.length + position);
        System.arraycopy(look.completionIds(), 0, tokens, PROMPT.length, position);
        return tokens;
    }

    /** The script gives its choice 0.8 and the others equal parts of the rest. */
    private static void assertDetails(Look look, Reply reply) {
        Draft draft = look.draft();
        boolean told = draft.detail() != Draft.Detail.TOP;
        assertThat(reply.draftLogProbabilities()).hasSize(told ? draft.tokens() : 0);
        assertThat(reply.laws().length).isEqualTo(draft.detail() == Draft.Detail.LAWS ? look.detailed() : 0);
        int first = look.completionIds().length - draft.tokens();
        for (int i = 0; told && i < draft.tokens(); i++) {
            boolean chosen = law(before(look, first + i)).argmax() == look.completionIds()[first + i];
            assertThat(Math.exp(reply.draftLogProbabilities()[i]))
                    .isEqualTo(chosen ? 0.8 : 0.2 / (V - 1), within(1e-6));
        }
        for (int i = 0; i < reply.laws().length; i++) {
            int choice = law(before(look, first + i)).argmax();
            for (int v = 0; v < V; v++) {
                assertThat(Math.exp(reply.laws()[i][v])).isEqualTo(v == choice ? 0.8 : 0.2 / (V - 1), within(1e-6));
            }
        }
    }

    private static Law law(int[] tokens) {
        return new Law(hash(tokens, 5) % V, 0.8);
    }
}
