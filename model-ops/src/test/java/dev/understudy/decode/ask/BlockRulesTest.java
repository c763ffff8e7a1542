package dev.understudy.decode.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.decode.ask.BlockRule.Verdict;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Sampling;
import dev.understudy.teacher.Draft;
import dev.understudy.teacher.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of drafts. p is the teacher's law, q the student's; tokens are indices into them. */
class BlockRulesTest {
    private static final double[] P = {.35, .25, .15, .12, .08, .05};
    private static final double[] Q = {.10, .30, .25, .05, .20, .10};
    private static final Sampling SAMPLED = new Sampling(1, 0, 1, 0, List.of(), List.of());

    @Test
    void rollsBackToTheEarliestDraftThatTheTeacherFindsTooImprobable() {
        BlockRule bild = new AskPolicy.Bild().rule();
        // The teacher's probability of the drafts 3 and 4 is .70 and .004 (.356675 and 5.521461 nats).
        assertThat(bild.judge(bildBlock(.70, .004))).isEqualTo(new Verdict(1, 9));
        Reply both = new Reply(List.of(top(8, .9), top(9, .9), top(7, .9)), new float[] {-6, -7}, new float[0][]);
        assertThat(bild.judge(new DraftBlock(new int[] {3, 4}, null, both, new double[2], new double[3], true)))
                .isEqualTo(new Verdict(0, 8));
    }

    @Test
    void writesBehindTheDraftsWhereNoneIsTooImprobable() {
        // 3.912023 nats
        assertThat(new AskPolicy.Bild().rule().judge(bildBlock(.70, .02))).isEqualTo(new Verdict(2, 7));
    }

    @Test
    void doesNotRollBackToTheDraftItself() {
        BlockRule strict = new AskPolicy.Bild(.6, .1, 16).rule();

        // Draft 3 is the teacher's own choice although it is .356675 nats away; draft 4 is not.
        assertThat(strict.judge(bildBlock(.70, .02))).isEqualTo(new Verdict(1, 9));
    }

    @Test
    void rollbackNeedsNoMoreThanTheDraftsOwnProbability() {
        assertThat(new AskPolicy.Bild().rule().detail(SAMPLED)).isEqualTo(Draft.Detail.DRAFTS);
        assertThat(new AskPolicy.Speculative().rule().detail(SAMPLED)).isEqualTo(Draft.Detail.LAWS);
        assertThat(new AskPolicy.Speculative().rule().detail(Sampling.GREEDY)).isEqualTo(Draft.Detail.DRAFTS);
        assertThat(new AskPolicy.Confidence().rule().detail(SAMPLED)).isEqualTo(Draft.Detail.TOP);
    }

    @Test
    void losslessOutputIsTheTeachersLaw() {
        double[] output = SpeculativeLaw.output(P, Q, 1);

        for (int v = 0; v < P.length; v++) {
            assertThat(output[v]).isEqualTo(P[v], within(1e-15));
        }
        assertThat(SpeculativeLaw.acceptance(P, Q, 1)).isEqualTo(.68, within(1e-15));
    }

    @Test
    void lenientOutputExceedsNoTokenByMoreThanTheLenience() {
        double[] expected = {.123077, .307692, .251923, .057308, .16, .1};
        double[] output = SpeculativeLaw.output(P, Q, .5);
        double[] bolder = SpeculativeLaw.output(P, Q, .3);
        double largest = 0;
        double largestBolder = 0;
        for (int v = 0; v < P.length; v++) {
            assertThat(output[v]).isEqualTo(expected[v], within(1e-6));
            largest = Math.max(largest, output[v] / (P[v] / .5));
            largestBolder = Math.max(largestBolder, bolder[v] / (P[v] / .3));
        }

        assertThat(SpeculativeLaw.acceptance(P, Q, .5)).isEqualTo(.96, within(1e-12));
        assertThat(SpeculativeLaw.acceptance(P, Q, .3)).isEqualTo(1, within(1e-12));
        assertThat(largest).isEqualTo(1.0, within(1e-12));
        assertThat(largestBolder).isEqualTo(.75, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.68", "0.5, 0.96"})
    void whatIsWrittenFollowsTheOutputLawOver200000Draws(double lenience, double acceptance) {
        double[] expected = SpeculativeLaw.output(P, Q, lenience);
        BlockRule rule = new AskPolicy.Speculative(1, lenience).rule();
        SplittableRandom random = new SplittableRandom(11);
        int[] counts = new int[P.length];
        int kept = 0;
        int draws = 200_000;
        for (int i = 0; i < draws; i++) {
            int draft = SpeculativeLaw.draw(Q, random.nextDouble());
            Verdict verdict = rule.judge(sampledBlock(draft, random.nextDouble(), random.nextDouble()));
            kept += verdict.kept();
            counts[verdict.kept() == 1 ? draft : verdict.token()]++;
        }

        for (int v = 0; v < P.length; v++) {
            assertThat(counts[v] / (double) draws).as("token %d", v).isEqualTo(expected[v], within(.005));
        }
        assertThat(kept / (double) draws).isEqualTo(acceptance, within(.005));
    }

    @Test
    void behindDraftsThatAllStandTheTeachersOwnLawIsDrawn() {
        BlockRule rule = new AskPolicy.Speculative(1, 1).rule();
        SplittableRandom random = new SplittableRandom(12);
        int[] counts = new int[P.length];
        for (int i = 0; i < 50_000; i++) {
            // Token 0 is more probable under the teacher, so it always stands.
            Verdict verdict = rule.judge(sampledBlock(0, random.nextDouble(), random.nextDouble()));
            assertThat(verdict.kept()).isEqualTo(1);
            counts[verdict.token()]++;
        }

        for (int v = 0; v < P.length; v++) {
            assertThat(counts[v] / 50_000.0).isEqualTo(P[v], within(.01));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.6, 4, 2.3056, 0.4337", "0.8, 4, 3.3616, 0.2975", "0.8, 8, 4.3289, 0.2310", "0.9, 4, 4.0951, 0.2442"})
    void aBlockYieldsSoManyTokens(double alpha, int gamma, double tokens, double share) {
        assertThat(SpeculativeLaw.tokensPerForward(alpha, gamma)).isEqualTo(tokens, within(5e-5));
        assertThat(SpeculativeLaw.teacherShare(alpha, gamma)).isEqualTo(share, within(5e-5));
        assertThat(share).isGreaterThanOrEqualTo(1 - alpha);
    }

    @Test
    void greedyLenienceAcceptsWhatComesCloseToTheMostProbable() {
        assertThat(greedy(.8)).isEqualTo(new Verdict(1, 5));
        assertThat(greedy(.9)).isEqualTo(new Verdict(0, 1));
    }

    @Test
    void lossyModesHaveANameOfTheirOwn() {
        assertThat(new AskPolicy.Speculative(4, 1).name()).isEqualTo("speculative");
        assertThat(new AskPolicy.Speculative(4, .9).name()).isEqualTo("speculative-lenient");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new AskPolicy.Speculative(4, 0))
                .hasMessage("decode.speculative.lenience: 0.0 is out of range, expected (0, 1]; 1 is lossless, smaller"
                        + " values accept more of the student's tokens.");
        assertThatThrownBy(() -> new AskPolicy.Speculative(33, 1)).hasMessageContaining("[1, 32]");
        assertThatThrownBy(() -> new AskPolicy.Bild(1, 5, 16)).hasMessageContaining("decode.bild.fallback is 1.0");
        assertThatThrownBy(() -> new AskPolicy.Bild(.6, 101, 16)).hasMessageContaining("(0, 100] nats");
        assertThatThrownBy(() -> new AskPolicy.Bild(.6, 5, 0)).hasMessageContaining("[1, 256]");
    }

    /** Drafts 3 and 4; the teacher prefers 3 and 9 there and 7 behind. */
    private static DraftBlock bildBlock(double first, double second) {
        Reply reply = new Reply(
                List.of(top(3, first), top(9, .9), top(7, .9)),
                new float[] {(float) Math.log(first), (float) Math.log(second)},
                new float[0][]);
        return new DraftBlock(new int[] {3, 4}, null, reply, new double[2], new double[3], true);
    }

    /** One draft that the teacher gives .35 where its own choice, token 1, has .4; behind it 5. */
    private static Verdict greedy(double lenience) {
        Reply reply = new Reply(List.of(top(1, .4), top(5, .8)), new float[] {(float) Math.log(.35)}, new float[0][]);
        return new AskPolicy.Speculative(1, lenience)
                .rule()
                .judge(new DraftBlock(new int[] {2}, null, reply, new double[1], new double[2], true));
    }

    private static DraftBlock sampledBlock(int draft, double accept, double replace) {
        List<TeacherDistribution> tops = new ArrayList<>(List.of(top(0, P[0]), top(0, P[0])));
        Reply reply = new Reply(tops, new float[] {(float) Math.log(P[draft])}, new float[][] {logs(P), logs(P)});
        return new DraftBlock(
                new int[] {draft},
                new DraftBlock.Laws() {
                    @Override
                    public double[] student(int i) {
                        return Q;
                    }

                    @Override
                    public double[] teacher(int i) {
                        return P;
                    }
                },
                reply,
                new double[] {accept},
                new double[] {replace, replace},
                true);
    }

    private static TeacherDistribution top(int argmax, double probability) {
        return new TeacherDistribution(new int[] {argmax}, new float[] {(float) Math.log(probability)});
    }

    private static float[] logs(double[] law) {
        float[] logs = new float[law.length];
        for (int v = 0; v < law.length; v++) {
            logs[v] = (float) Math.log(law[v]);
        }
        return logs;
    }
}
