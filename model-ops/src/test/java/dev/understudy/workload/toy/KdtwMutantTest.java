package dev.understudy.workload.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import dev.understudy.workload.toy.SoftOptimum.Asking;
import dev.understudy.workload.toy.SoftOptimum.Reply;
import dev.understudy.workload.toy.TabularAsking.Rates;
import org.junit.jupiter.api.Test;

/** Each mistake that the method's list names, made on purpose: the exact checks must see it. */
class KdtwMutantTest {
    private static final PathTerms PLAIN = new PathTerms(1, 1);
    private static final Asking ASKING = new Asking(0.7, AskReward.ZERO, Reply.GREEDY);

    private final ToyTree tree = ToyTree.reference();

    /** Largest |C| over the one-step windows of all own tokens and greedy asks, under a mutated term. */
    private double mostUnder(Mutant mutant) {
        SoftOptimum optimum = new SoftOptimum(tree, PLAIN, ASKING);
        double most = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                double logTeacher = tree.logTeacher(state)[a];
                double logOwn = optimum.logOwn[state][a];
                double after = optimum.value(tree.next(state, a));
                most = Math.max(
                        most,
                        Math.abs(residual(
                                mutant.own(logTeacher, logOwn, optimum.logit[state]), optimum.value(state), after)));
                if (a == tree.greedy(state)) {
                    double term = mutant.ask(logTeacher, logOwn, optimum.logit[state]);
                    most = Math.max(most, Math.abs(residual(term, optimum.value(state), after)));
                }
            }
        }
        return most;
    }

    private static double residual(double term, double before, double after) {
        return PathResiduals.residual(
                Path.of(new double[] {term}, new double[] {before, after}, new boolean[] {true}), 0, 1);
    }

    /** The right terms; a mutant overrides one. */
    static class Mutant {
        double own(double logTeacher, double logOwn, double logit) {
            return PLAIN.own(logTeacher, logOwn, logit);
        }

        double ask(double logTeacher, double logOwn, double logit) {
            return PLAIN.ask(AskReward.ZERO.of(logTeacher), ASKING.price(), logit);
        }
    }

    @Test
    void theRightTermsVanishAtTheOptimum() {
        assertThat(mostUnder(new Mutant())).isLessThan(1e-14);
    }

    @Test
    void wrongSignOfTheEntropyIsSeen() {
        assertThat(mostUnder(new Mutant() {
                    @Override
                    double own(double logTeacher, double logOwn, double logit) {
                        return PLAIN.own(logTeacher, -logOwn, logit);
                    }
                }))
                .isGreaterThan(1);
    }

    @Test
    void wrongSignOfThePriceIsSeen() {
        assertThat(mostUnder(new Mutant() {
                    @Override
                    double ask(double logTeacher, double logOwn, double logit) {
                        return PLAIN.ask(0, -ASKING.price(), logit);
                    }
                }))
                .isGreaterThan(1);
    }

    @Test
    void teacherTextInTheLossIsSeen() {
        assertThat(mostUnder(new Mutant() {
                    @Override
                    double ask(double logTeacher, double logOwn, double logit) {
                        return super.ask(logTeacher, logOwn, logit) - logOwn;
                    }
                }))
                .as("the text of a teacher is no action of the student")
                .isGreaterThan(0.1);
    }

    @Test
    void missingAskTermOfAnOwnTokenIsSeen() {
        assertThat(mostUnder(new Mutant() {
                    @Override
                    double own(double logTeacher, double logOwn, double logit) {
                        return PLAIN.own(logTeacher, logOwn, Double.NEGATIVE_INFINITY);
                    }
                }))
                .isGreaterThan(0.1);
    }

    @Test
    void aCutPathNeedsItsValueAtTheEnd() {
        SoftOptimum optimum = new SoftOptimum(tree, PLAIN, ASKING);
        int second = tree.next(0, 1);
        double term = PLAIN.own(tree.logTeacher(0)[1], optimum.logOwn[0][1], optimum.logit[0]);
        assertThat(residual(term, optimum.value(0), optimum.value(second))).isBetween(-1e-14, 1e-14);
        assertThat(Math.abs(residual(term, optimum.value(0), 0)))
                .as("V(truncation) = 0")
                .isGreaterThan(0.5);
    }

    @Test
    void priceFromOffPolicyUseMissesTheBudget() {
        ToyStudent student = ToyStudent.limited(tree);
        TabularAsking mutant = new TabularAsking(student, 0.3, 1, new Rates(0.5, 0.5, 0.5, 200, 0.5), new ToyStream(1))
                .learn(onPolicy -> true);
        assertThat(Math.abs(mutant.outcome().use() - 0.3)).isGreaterThan(0.1);
    }

    @Test
    void frozenPriceOverspendsEverySmallBudget() {
        ToyStudent student = ToyStudent.limited(tree);
        for (double budget : new double[] {0.1, 0.3}) {
            TabularAsking frozen =
                    new TabularAsking(student, budget, 1, new Rates(0.5, 0.5, 0, 200, 0), new ToyStream(1)).learn();
            assertThat(frozen.outcome().use()).isGreaterThan(0.45);
        }
    }

    /** κ = 1, drawn replies, token 2 ends: expected tokens of the optimum under a reward of {@code bonus} a token. */
    private double length(double askBonus, double ownBonus) {
        ToyTree ended = tree.withEnd();
        double[] values = new double[ToyTree.STATES];
        double[] lengths = new double[ToyTree.STATES];
        for (int state = ToyTree.STATES - 1; state >= 0; state--) {
            double[] own = new double[ToyTree.TOKENS];
            double[] further = new double[ToyTree.TOKENS];
            double asked = askBonus;
            double askedLength = 1;
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                int next = ended.next(state, a);
                double after = next == ToyTree.TERMINAL ? 0 : values[next];
                further[a] = 1 + (next == ToyTree.TERMINAL ? 0 : lengths[next]);
                own[a] = ended.logTeacher(state)[a] + ownBonus + after;
                asked += ended.teacher(state, a) * after;
                askedLength += ended.teacher(state, a) * (further[a] - 1);
            }
            double best = ToyStream.logSumExp(own);
            double u = PathTerms.sigmoid(asked - best);
            double[] law = ToyStream.logLaw(own);
            lengths[state] = u * askedLength;
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                lengths[state] += (1 - u) * Math.exp(law[a]) * further[a];
            }
            values[state] = ToyStream.logSumExp(best, asked);
        }
        return lengths[0];
    }

    @Test
    void aRatioConstraintWouldPayForPadding() {
        double price = 3;
        double budget = 0.3;
        double counted = length(-price, 0);
        double ratio = length(-price * (1 - budget), price * budget);
        assertThat(length(Double.NEGATIVE_INFINITY, 0))
                .as("the teacher's own length")
                .isBetween(2.0, 3.0);
        assertThat(counted).isBetween(2.0, 3.0);
        assertThat(ratio).as("λ b earned by every own token").isGreaterThan(counted + 0.5);
    }
}
