package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for whole texts under every policy, with a student whose confidence is spread over (0.1, 1). */
class PolicyPropertiesTest {
    private static final int TOKENS = 40;
    private static final List<AskPolicy> PRICED = List.of(
            new AskPolicy.Random(0.1),
            new AskPolicy.Confidence(),
            new AskPolicy.Entropy(0.7),
            new AskPolicy.Margin(0.3));
    private static final List<Prompt> PROMPTS = IntStream.range(0, 50)
            .mapToObj(i -> prompt(
                    "p" + i,
                    TOKENS,
                    i % 2 == 0 ? Sampling.GREEDY : new Sampling(1.2, 0, 1, i, List.of(), List.of()),
                    i,
                    3))
            .toList();

    @Test
    void aPriceThatIsNeverMetEqualsPolicyNeverBitForBit() {
        Stage never = run(new AskPolicy.Never(), 1);

        for (AskPolicy policy : PRICED) {
            Stage priced = run(policy, 1);
            for (Prompt prompt : PROMPTS) {
                String id = prompt.id().value();
                assertThat(priced.written(id).ids())
                        .as("%s of %s", id, policy.name())
                        .isEqualTo(never.written(id).ids());
                assertThat(priced.written(id).studentConfidence())
                        .isEqualTo(never.written(id).studentConfidence());
            }
            assertThat(priced.teacher.looks).isEmpty();
        }
    }

    @Test
    void settingsThatAskForNothingArePricesThatAreNeverMet() {
        assertThat(new AskPolicy.Random(0).fixedPrice(Stage.V)).isEqualTo(1);
        assertThat(new AskPolicy.Margin(0).fixedPrice(Stage.V)).isEqualTo(1);
        assertThat(new AskPolicy.Entropy(Math.log(Stage.V)).fixedPrice(Stage.V)).isEqualTo(1);
    }

    @Test
    void alwaysWritesTheTeachersGreedyText() {
        Stage always = run(new AskPolicy.Always(), 1);

        for (Prompt prompt : PROMPTS) {
            int[] written = always.written(prompt.id().value()).ids();
            int[] tokens = prompt.tokenIds();
            for (int id : written) {
                assertThat(id).isEqualTo(Stage.teacherLaw(tokens).argmax());
                tokens = java.util.Arrays.copyOf(tokens, tokens.length + 1);
                tokens[tokens.length - 1] = id;
            }
            assertThat(always.written(prompt.id().value()).authors()).containsOnly(Author.TEACHER);
        }
    }

    @Test
    void useFallsAsThePriceRises() {
        for (AskPolicy policy : PRICED) {
            long before = Long.MAX_VALUE;
            for (double price : new double[] {-1, 0, 0.1, 0.3, 0.5, 0.7, 0.9, 1}) {
                long asks = run(policy, price).teacher.tokens();
                assertThat(asks).as("%s at price %s", policy.name(), price).isLessThanOrEqualTo(before);
                before = asks;
            }
            assertThat(before).isZero();
        }
    }

    @Test
    void randomKeepsItsShareWithinThreeStandardErrors() {
        for (double share : new double[] {0.02, 0.1, 0.5}) {
            AskPolicy policy = new AskPolicy.Random(share);
            Stage stage = run(policy, policy.fixedPrice(Stage.V));

            double tokens = PROMPTS.size() * TOKENS;
            assertThat(stage.teacher.tokens() / tokens)
                    .isEqualTo(share, within(3 * Math.sqrt(share * (1 - share) / tokens)));
        }
    }

    @Test
    void whatIsReportedIsThePolicysOwnDifficulty() {
        Stage stage = run(new AskPolicy.Margin(0.3), 1);

        WrittenTokens written = stage.written("p0");
        Law law = student(PROMPTS.get(0).tokenIds());
        double rest = (1 - law.confidence()) / (Stage.V - 1);
        assertThat(written.difficulty()[0]).isEqualTo((float) (1 - law.confidence() + rest), within(1e-6f));
        assertThat(written.studentConfidence()[0]).isEqualTo((float) law.confidence(), within(1e-6f));
    }

    @Test
    void thePriceThatATextNeededFollowsThePolicysDifficulty() {
        AskConfig audited =
                new AskConfig(new AskPolicy.Margin(0.3), 1, true, Duration.ofSeconds(10), Duration.ofSeconds(2));
        Stage stage = new Stage();
        stage.price = 1;
        Decoder decoder = stage.decoder(2, audited);
        decoder.admit(prompt("p", 3, 1, 2, 3));
        stage.run(decoder);

        // The student hesitates where the teacher disagrees: confidence 0.3, the others share 0.7.
        assertThat(stage.pricesNeeded)
                .singleElement()
                .satisfies(needed -> assertThat(needed).isEqualTo(0.7 + 0.7 / (Stage.V - 1), within(1e-6)));
    }

    private static Law student(int[] tokens) {
        int hash = ScriptedLanguageModel.hash(tokens, 1);
        return new Law(hash % (Stage.V - 2), 0.1 + 0.9 * (hash / 64 % 1000) / 1000.0);
    }

    private static Stage run(AskPolicy policy, double price) {
        Stage stage = new Stage();
        stage.price = price;
        AskConfig ask = new AskConfig(policy, 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
        Decoder decoder = stage.decoder(
                DecodeConfig.of(8, List.of(Stage.END), ask),
                new ScriptedLanguageModel(Stage.V, 64, PolicyPropertiesTest::student));
        PROMPTS.forEach(decoder::admit);
        stage.run(decoder);
        assertThat(decoder.isEmpty()).isTrue();
        return stage;
    }
}
