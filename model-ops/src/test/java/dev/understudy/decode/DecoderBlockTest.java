package dev.understudy.decode;

import static dev.understudy.decode.Stage.prompt;
import static dev.understudy.signal.Author.STUDENT;
import static dev.understudy.signal.Author.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.budget.account.Reservation;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.LawModel;
import dev.understudy.lm.ScriptedLanguageModel;
import dev.understudy.lm.ScriptedLanguageModel.Law;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.teacher.Look;
import dev.understudy.teacher.LookPurpose;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Blocks of drafts: the student writes position p (0, 1, 2, ...) as token 10 + p unless a test says otherwise; prompts
 * have one token, so position p is made of p + 1 tokens.
 */
class DecoderBlockTest {
    private static final AskPolicy BILD = new AskPolicy.Bild();
    private static final double FALLBACK = BILD.fixedPrice(Stage.V);
    private static final AskPolicy SPECULATIVE = new AskPolicy.Speculative();

    @Test
    void rollbackDiscardsTheDraftFromTheImprobableOneOn() {
        Stage stage = new Stage(teacher(.70, .004));

        run(stage, BILD, student(.95, .80, .55), prompt("p", 4, 1));

        // Position 1 falls with what stood behind it; the student goes on from there alone.
        assertThat(stage.written("p").ids()).startsWith(10, 30);
        assertThat(stage.written("p").authors()).startsWith(STUDENT, TEACHER, STUDENT);
        assertThat(stage.written("p").studentArgmax()).startsWith(10, 11);
        assertThat(stage.written("p").studentConfidence()[1]).isEqualTo(.80f, within(1e-6f));
        assertThat(stage.written("p").teacher().get(1).argmax()).isEqualTo(30);
        assertThat(stage.end("p").sequence().help().drafts().written()).isEqualTo(2);
        assertThat(stage.end("p").sequence().help().drafts().rejected()).isEqualTo(1);
    }

    @Test
    void withoutARollbackTheTeacherWritesThePosition() {
        Stage stage = new Stage(teacher(.70, .02));

        run(stage, BILD, student(.95, .80, .55), prompt("p", 4, 1));

        assertThat(stage.written("p").ids()).startsWith(10, 11, 30);
        assertThat(stage.written("p").authors()).containsExactly(STUDENT, STUDENT, TEACHER, STUDENT);
        assertThat(stage.end("p").sequence().help())
                .isEqualTo(new HelpUsed(HelpState.GRANTED, 1, 1, 0, new HelpUsed.Drafts(2, 0), HelpUsed.Outlay.NONE));
    }

    @Test
    void oneReservationAndOneCallPayForABlock() {
        Stage stage = new Stage(teacher(.70, .004));
        stage.tokensLeft = 5;
        stage.callsLeft = 5;

        run(stage, BILD, student(.95, .80, .55), prompt("p", 3, 1));

        assertThat(stage.teacher.looks).hasSize(1);
        assertThat(stage.teacher.looks.get(0).draft().tokens()).isEqualTo(2);
        assertThat(stage.tokensLeft).isEqualTo(4);
        assertThat(stage.callsLeft).isEqualTo(4);
    }

    @Test
    void undecidedDraftsAreNotShown() {
        Stage stage = new Stage(teacher(.70, .004));
        stage.teacher.holds = true;
        stage.price = FALLBACK;
        Decoder decoder = stage.decoder(config(BILD), student(.95, .80, .55));
        decoder.admit(prompt("p", 3, 1));
        stage.run(decoder);

        assertThat(stage.shown).isEmpty();
        assertThat(decoder.snapshot().get(0).written().size()).isZero();
        stage.teacher.answer();
        stage.run(decoder);
        assertThat(stage.shown).containsExactly("p[0]=10 STUDENT", "p[1]=30 TEACHER", "p[2]=12 STUDENT");
    }

    @Test
    void aBlockIsReadWhenItIsFullWhateverTheConfidence() {
        Stage stage = new Stage(teacher(.9, .9));

        run(stage, new AskPolicy.Bild(.6, 100, 2), student(.95), prompt("p", 7, 1));

        // Two drafts and one token of the teacher's, twice; a last draft ends the text unread.
        assertThat(stage.written("p").authors())
                .containsExactly(STUDENT, STUDENT, TEACHER, STUDENT, STUDENT, TEACHER, STUDENT);
    }

    @Test
    void refusedBlocksStandAsTheyAreAndAreMarked() {
        Stage stage = new Stage(teacher(.70, .004));
        stage.tokensLeft = 0;

        run(stage, BILD, student(.95, .80, .55), prompt("p", 3, 1));

        assertThat(stage.written("p").ids()).containsExactly(10, 11, 12);
        assertThat(stage.end("p").sequence().help()).isEqualTo(new HelpUsed(HelpState.EXHAUSTED, 0, 0, 1));
        assertThat(stage.teacher.looks).isEmpty();
    }

    @Test
    void speculationWithoutATeacherGoesOnAloneAndSaysSo() {
        Stage stage = new Stage(teacher(.70, .004));
        stage.teacher.down = true;

        run(stage, SPECULATIVE, student(.9), prompt("p", 6, 1));

        assertThat(stage.written("p").ids()).containsExactly(10, 11, 12, 13, 14, 15);
        assertThat(stage.written("p").authors()).containsOnly(STUDENT);
        assertThat(stage.end("p").sequence().help().state()).isEqualTo(HelpState.TEACHER_DOWN);
    }

    @Test
    void greedySpeculationWritesTheTeachersGreedyText() {
        Stage stage = new Stage();
        List<Prompt> prompts =
                IntStream.range(0, 20).mapToObj(i -> prompt("p" + i, 15 + i, i)).toList();

        run(stage, SPECULATIVE, stage.student, prompts.toArray(Prompt[]::new));

        for (Prompt prompt : prompts) {
            int[] tokens = prompt.tokenIds();
            for (int id : stage.written(prompt.id().value()).ids()) {
                assertThat(id).isEqualTo(Stage.teacherLaw(tokens).argmax());
                tokens = Arrays.copyOf(tokens, tokens.length + 1);
                tokens[tokens.length - 1] = id;
            }
            assertThat(stage.written(prompt.id().value()).seenWhole()).isTrue();
        }
        long asks = stage.teacher.looks.stream()
                .filter(look -> look.purpose().writes())
                .count();
        assertThat(asks).isLessThan(20 * 15);
    }

    @Test
    void draftsThatEndTheTextAreReadBeforeTheyCount() {
        Stage stage = new Stage();

        run(stage, SPECULATIVE, stage.student, prompt("p", 2, 1));

        assertThat(stage.teacher.looks).extracting(Look::purpose).containsExactly(LookPurpose.VERIFY);
        assertThat(stage.written("p").seenWhole()).isTrue();
    }

    /** Four tokens under laws of four ids: 256 texts, compared with the teacher's law by Pearson's chi-square. */
    @Test
    void sampledTextAtLenienceOneHasTheTeachersLaw() {
        assertThat(chiSquare(new AskPolicy.Speculative(2, 1), new Sampling(1, 0, 1, 5, List.of(), List.of())))
                .as("upper 0.1 % point at 255 degrees of freedom")
                .isLessThan(330.5);
        assertThat(chiSquare(new AskPolicy.Speculative(4, 1), new Sampling(.7, 3, 1, 6, List.of(), List.of())))
                .as("top-k 3 of 4: upper 0.1 % point at 80 degrees of freedom")
                .isLessThan(124.8);
        Warp penalised = new Warp(1, 0, 1, 0, 1.8, Map.of(3, -.4));
        assertThat(chiSquare(new AskPolicy.Speculative(3, 1), new Sampling(penalised, 7, List.of(), List.of())))
                .as("a penalty counts the drafts before each draft")
                .isLessThan(330.5);
    }

    @Test
    void theTestSeesThatALenientTextHasAnotherLaw() {
        assertThat(chiSquare(new AskPolicy.Speculative(2, .5), new Sampling(1, 0, 1, 5, List.of(), List.of())))
                .isGreaterThan(330.5);
    }

    static Stream<AskPolicy> blockPolicies() {
        return Stream.of(BILD, new AskPolicy.Bild(.6, .5, 3), SPECULATIVE, new AskPolicy.Speculative(2, .6));
    }

    /**
     * Interrupted after every possible number of turns: drafts are dropped and drawn again, and the text is the same.
     */
    @ParameterizedTest
    @MethodSource("blockPolicies")
    void resumedSequencesEqualUndisturbedOnes(AskPolicy policy) {
        Prompt[] prompts = {
            prompt("greedy", 9, 4),
            prompt("sampled", 9, new Sampling(1.5, 3, .95, 42, List.of(), List.of()), 2),
            prompt("late", 5, 3, 1)
        };
        Stage undisturbed = lawStage();
        run(undisturbed, policy, lawStudent(), prompts);
        for (int turns = 0; turns < 25; turns++) {
            Stage stage = lawStage();
            stage.price = FALLBACK;
            Decoder first = stage.decoder(config(policy), lawStudent());
            for (Prompt prompt : prompts) {
                first.admit(prompt);
            }
            for (int i = 0; i < turns; i++) {
                stage.turn(first);
            }
            List<SequenceSnapshot> state = first.snapshot();
            first.close();
            Decoder second = stage.decoder(config(policy), lawStudent());
            state.forEach(second::resume);
            stage.run(second);
            for (Prompt prompt : prompts) {
                String id = prompt.id().value();
                assertThat(stage.written(id).ids())
                        .as("%s after %d turns", id, turns)
                        .isEqualTo(undisturbed.written(id).ids());
                assertThat(stage.written(id).authors())
                        .isEqualTo(undisturbed.written(id).authors());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("blockPolicies")
    void noCallIsMadeWithoutAReservation(AskPolicy policy) {
        for (int allowed = 0; allowed < 6; allowed++) {
            Stage stage = lawStage();
            stage.callsLeft = allowed;
            stage.refusal = new Reservation.Awaiting();

            run(stage, policy, lawStudent(), prompt("a", 9, 1), prompt("b", 9, 2));

            assertThat(stage.teacher.looks.size()).isLessThanOrEqualTo(allowed);
            assertThat(stage.teacher.looks).hasSize((int) (allowed - stage.callsLeft));
        }
    }

    private static double chiSquare(AskPolicy policy, Sampling sampling) {
        int texts = 20_000;
        Stage stage = lawStage();
        Decoder decoder = stage.decoder(DecodeConfig.of(64, List.of(), ask(policy)), lawStudent());
        int[] counts = new int[256];
        for (int i = 0; i < texts; i++) {
            decoder.admit(prompt("p" + i, 4, sampling, 1));
            if (i % 64 == 63 || i == texts - 1) {
                stage.run(decoder);
            }
        }
        stage.finished.values().forEach(end -> {
            int code = 0;
            for (int id : end.sequence().written().ids()) {
                code = 4 * code + id;
            }
            counts[code]++;
        });
        double sum = 0;
        for (int code = 0; code < 256; code++) {
            double expected = texts * probability(code, sampling);
            if (expected > 0) {
                sum += (counts[code] - expected) * (counts[code] - expected) / expected;
            } else {
                assertThat(counts[code]).as("impossible text").isZero();
            }
        }
        return sum;
    }

    private static double probability(int code, Sampling sampling) {
        double probability = 1;
        int[] tokens = {1};
        for (int shift = 6; shift >= 0; shift -= 2) {
            int id = code >> shift & 3;
            probability *= warped(law(tokens, 2), tokens, sampling.warp())[id];
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = id;
        }
        return probability;
    }

    /** Bias, penalty, temperature and top-k written down once more. */
    private static double[] warped(double[] law, int[] tokens, Warp warp) {
        double[] weights = new double[4];
        for (int v = 0; v < 4; v++) {
            int id = v;
            double logit = Math.log(law[v]) + warp.bias().getOrDefault(v, 0.0);
            boolean seen = Arrays.stream(tokens).anyMatch(token -> token == id);
            double penalty = seen ? warp.repetitionPenalty() : 1;
            weights[v] = Math.exp((logit > 0 ? logit / penalty : logit * penalty) / warp.temperature());
        }
        int kept = warp.topK() == 0 ? 4 : warp.topK();
        double least = Arrays.stream(weights).sorted().toArray()[4 - kept];
        double sum = Arrays.stream(weights).filter(weight -> weight >= least).sum();
        return Arrays.stream(weights)
                .map(weight -> weight >= least ? weight / sum : 0)
                .toArray();
    }

    /** Laws of four ids without a small one, so that every text is expected often enough. */
    private static double[] law(int[] tokens, int salt) {
        double[] law = new double[4];
        double sum = 0;
        for (int v = 0; v < 4; v++) {
            law[v] = 0.5 + ScriptedLanguageModel.hash(tokens, salt * 10 + v) % 1000 / 1000.0;
            sum += law[v];
        }
        for (int v = 0; v < 4; v++) {
            law[v] /= sum;
        }
        return law;
    }

    private static Stage lawStage() {
        return new Stage(new FakeTeacher(4, tokens -> LawModel.ordered(law(tokens, 2))));
    }

    private static LawModel lawStudent() {
        return new LawModel(4, 64, tokens -> law(tokens, 1));
    }

    /**
     * The student's confidence at positions 0, 1, ...; later ones have the last. Behind the teacher's 30 it is sure.
     */
    private static ScriptedLanguageModel student(double... confidence) {
        return new ScriptedLanguageModel(Stage.V, 64, tokens -> {
            boolean helped = Arrays.stream(tokens).anyMatch(id -> id == 30);
            double sure = confidence[Math.min(tokens.length, confidence.length) - 1];
            return new Law(9 + tokens.length, helped ? .95 : sure);
        });
    }

    /** The teacher gives the drafts at positions 0 and 1 these probabilities; elsewhere it prefers 30. */
    private static FakeTeacher teacher(double first, double second) {
        return new FakeTeacher(Stage.V, tokens -> {
            int position = tokens.length - 1;
            if (position == 0) {
                return law(10, first);
            }
            return position == 1 ? law(30, 1 - second, 11, second) : law(30, .9);
        });
    }

    private static TeacherDistribution law(int id, double probability) {
        return new TeacherDistribution(new int[] {id}, new float[] {(float) Math.log(probability)});
    }

    private static TeacherDistribution law(int id, double probability, int other, double rest) {
        boolean swapped = rest > probability;
        return new TeacherDistribution(swapped ? new int[] {other, id} : new int[] {id, other}, new float[] {
            (float) Math.log(Math.max(probability, rest)), (float) Math.log(Math.min(probability, rest))
        });
    }

    private static void run(Stage stage, AskPolicy policy, LanguageModel student, Prompt... prompts) {
        stage.price = FALLBACK;
        Decoder decoder = stage.decoder(config(policy), student);
        Arrays.stream(prompts).forEach(decoder::admit);
        stage.run(decoder);
        assertThat(decoder.isEmpty()).isTrue();
    }

    private static DecodeConfig config(AskPolicy policy) {
        return DecodeConfig.of(4, List.of(Stage.END), ask(policy));
    }

    private static AskConfig ask(AskPolicy policy) {
        return new AskConfig(policy, 0, false, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
