package dev.understudy.flink.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptIntakeTest {
    private static final int CONTEXT = 8;

    private final PromptIntake intake =
            new PromptIntake(new LetterTokenizer(), PromptTemplate.NONE, Set.of("acme"), CONTEXT);

    @Test
    void aGoodPromptIsEncodedAndAccepted() {
        Arrival arrival = intake.check(text("acme", "abc", Sampling.GREEDY, 5));

        assertThat(arrival)
                .isInstanceOfSatisfying(
                        Arrival.Accepted.class,
                        accepted -> assertThat(accepted.prompt().tokenIds()).containsExactly(0, 1, 2));
    }

    @Test
    void aPromptMayFillTheContextExactlyAndNoMore() {
        assertThat(intake.check(text("acme", "abc", Sampling.GREEDY, 5))).isInstanceOf(Arrival.Accepted.class);
        assertRejected(text("acme", "abc", Sampling.GREEDY, 6), RejectionReason.TOO_LONG);
    }

    @Test
    void aTenantWithoutBudgetIsToldSo() {
        Arrival arrival = intake.check(text("other", "abc", Sampling.GREEDY, 5));

        assertThat(arrival).isInstanceOfSatisfying(Arrival.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(RejectionReason.UNKNOWN_TENANT);
            assertThat(rejected.message()).contains("'other'").contains("budgets");
            assertThat(rejected.id()).isEqualTo("p");
        });
    }

    @ParameterizedTest
    @CsvSource({"-1,0,1", "NaN,0,1", "Infinity,0,1", "0,-1,1", "0,0,0", "0,0,1.01", "0,0,NaN"})
    void impossibleSamplingIsRejected(double temperature, int topK, double topP) {
        Sampling sampling = new Sampling(temperature, topK, topP, 0, List.of(), List.of());

        assertRejected(text("acme", "abc", sampling, 5), RejectionReason.BAD_SAMPLING);
    }

    @ParameterizedTest
    @CsvSource({"-0.1,1,0", "1.1,1,0", "NaN,1,0", "0,0,0", "0,-1,0", "0,Infinity,0", "0,NaN,0", "0,1,NaN", "0,1,1e7"})
    void impossiblePenaltiesAreRejected(double minP, double penalty, double bias) {
        Sampling sampling = new Sampling(new Warp(1, 0, 1, minP, penalty, Map.of(3, bias)), 0, List.of(), List.of());

        assertRejected(text("acme", "abc", sampling, 5), RejectionReason.BAD_SAMPLING);
    }

    @Test
    void aBiasOfATokenThatIsNotThereIsRejected() {
        Sampling sampling = new Sampling(new Warp(1, 0, 1, 0, 1, Map.of(26, 1.0)), 0, List.of(), List.of());

        assertThat(intake.check(text("acme", "abc", sampling, 5)))
                .isInstanceOfSatisfying(
                        Arrival.Rejected.class,
                        rejected -> assertThat(rejected.message())
                                .contains("token id 26")
                                .contains("0 to 25"));
    }

    @Test
    void aChatThatTheTemplateRefusesIsRejected() {
        PromptTemplate strict = PromptTemplate.of(
                "{% if messages[0].content|length > 3 %}{{ raise_exception('too long to be true') }}{% endif %}",
                Map.of());
        PromptIntake careful = new PromptIntake(new LetterTokenizer(), strict, Set.of("acme"), CONTEXT);

        assertThat(careful.check(text("acme", "abcd", Sampling.GREEDY, 5)))
                .isInstanceOfSatisfying(Arrival.Rejected.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo(RejectionReason.BAD_CHAT);
                    assertThat(rejected.message()).contains("too long to be true");
                });
    }

    @Test
    void stopTextsAreBounded() {
        Sampling long1 = new Sampling(0, 0, 1, 0, List.of(), List.of("x".repeat(201)));

        assertRejected(text("acme", "abc", long1, 5), RejectionReason.BAD_SAMPLING);
    }

    @Test
    void tokenIdsOutsideTheVocabularyAreRejected() {
        assertRejected(submission("acme", null, new int[] {0, 26}, Sampling.GREEDY, 1), RejectionReason.BAD_TOKEN);
        assertRejected(submission("acme", null, new int[] {-1}, Sampling.GREEDY, 1), RejectionReason.BAD_TOKEN);
    }

    @Test
    void textOrTokenIdsAreNeededAndNotBoth() {
        assertRejected(submission("acme", null, null, Sampling.GREEDY, 1), RejectionReason.NO_TEXT);
        assertRejected(submission("acme", "a", new int[] {1}, Sampling.GREEDY, 1), RejectionReason.NO_TEXT);
        assertRejected(text("acme", "", Sampling.GREEDY, 1), RejectionReason.NO_TEXT);
    }

    private void assertRejected(Submission submission, RejectionReason reason) {
        assertThat(intake.check(submission))
                .isInstanceOfSatisfying(
                        Arrival.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(reason));
    }

    private static Submission text(String tenant, String text, Sampling sampling, int maxTokens) {
        return submission(tenant, text, null, sampling, maxTokens);
    }

    private static Submission submission(
            String tenant, @Nullable String text, int @Nullable [] ids, Sampling sampling, int maxTokens) {
        return new Submission("p", tenant, "orders", text, ids, sampling, maxTokens, true, Instant.EPOCH);
    }

    /** One token a letter, {@code a} is 0. */
    private static final class LetterTokenizer implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return text.chars().map(letter -> letter - 'a').toArray();
        }

        @Override
        public String decode(int[] ids) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Vocabulary vocabulary() {
            return new Vocabulary(
                    "abcdefghijklmnopqrstuvwxyz"
                            .chars()
                            .mapToObj(Character::toString)
                            .toList(),
                    Map.of());
        }

        @Override
        public void close() {}
    }
}
