package dev.understudy.workload.toy;

import static dev.understudy.workload.toy.ToyCheck.atLeast;
import static dev.understudy.workload.toy.ToyCheck.atMost;
import static dev.understudy.workload.toy.ToyCheck.equal;

import dev.understudy.distil.path.AskMultiplier;
import dev.understudy.distil.path.AskMultiplier.Bounds;
import dev.understudy.distil.path.AskMultiplier.Constraint;
import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import dev.understudy.distil.path.RowLaw;
import dev.understudy.workload.toy.DoubleSampling.Bias;
import dev.understudy.workload.toy.DoubleSampling.Replies;
import dev.understudy.workload.toy.SoftOptimum.Asking;
import dev.understudy.workload.toy.SoftOptimum.Reply;
import dev.understudy.workload.toy.TabularAsking.Rates;
import dev.understudy.workload.toy.TabularPolicy.Windows;
import java.util.ArrayList;
import java.util.List;

/**
 * Learned asking on the toys, every figure beside its reference: the classes that train a student's ask head, run where
 * the optimum is known exactly.
 */
public final class KdtwToy {
    private static final double EXACT = 1e-6;
    private static final double ZERO = 1e-14;
    private static final double PRICE = 0.7;
    private static final PathTerms PLAIN = new PathTerms(1, 1);
    private static final double[] BUDGETS = {0.1, 0.3, 0.5};

    private final ToyTree tree = ToyTree.reference();
    private final ToyStudent limited = ToyStudent.limited(tree);
    private final List<ToyCheck> checks = new ArrayList<>();

    private KdtwToy() {}

    /** Everything that is exact: reference vectors, T1 to T4, T6, T7. Milliseconds. */
    public static List<ToyCheck> exact() {
        KdtwToy toy = new KdtwToy();
        toy.vectors();
        toy.oneState();
        toy.softProgramme();
        toy.onPolicySlopes();
        toy.askTransition();
        toy.closedForm();
        toy.limitedStudent();
        toy.multiplierLimits();
        return toy.checks;
    }

    /** What is learnt on the reference toy: T5, T8, T14. Seconds. */
    public static List<ToyCheck> learned() {
        KdtwToy toy = new KdtwToy();
        toy.doubleSampling();
        toy.stochastic();
        toy.tabular();
        return toy.checks;
    }

    /** Toy experiment K: learned asking against its rivals on eight random trees. Seconds. */
    public static List<ToyCheck> experiment() {
        KdtwToy toy = new KdtwToy();
        toy.experimentK();
        return toy.checks;
    }

    private void vectors() {
        double[] root = {.134951, .572636, .292413};
        double[] second = {.542835, .392756, .064408};
        double[] third = {.062658, .383446, .553896};
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            checks.add(equal("toy", "p_T(" + a + " | empty)", tree.teacher(0, a), root[a], EXACT));
            checks.add(equal("toy", "p_T(" + a + " | 0)", tree.teacher(tree.next(0, 0), a), second[a], EXACT));
            int state = tree.next(tree.next(0, 2), 1);
            checks.add(equal("toy", "p_T(" + a + " | 2, 1)", tree.teacher(state, a), third[a], EXACT));
        }
        int hard = 0;
        double divergence = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            hard += ToyTree.isHard(state) ? 1 : 0;
            divergence += limited.divergence(state);
        }
        checks.add(equal("toy", "hard states", hard, 18, 0));
        checks.add(equal("toy", "mean KL of the limited student on hard states", divergence / hard, .2606, 5e-5));
        double[] kappas = {1, .5};
        double[][] expected = {{.919889, 1.521559, -.655415}, {-1.277335, .422946, -1.754028}};
        int[][] spans = {{0, 4}, {1, 3}, {2, 4}};
        for (int k = 0; k < kappas.length; k++) {
            Path path = uniformPath(new PathTerms(kappas[k], 1));
            for (int i = 0; i < spans.length; i++) {
                double residual = PathResiduals.residual(path, spans[i][0], spans[i][1]);
                String what = "C(" + spans[i][0] + ", " + spans[i][1] + ") of 1 0 2 1, uniform policy, κ " + kappas[k];
                checks.add(equal("path", what, residual, expected[k][i], EXACT));
            }
        }
    }

    /** Sequence 1 0 2 1 under the uniform law, V(s) = 0.1 |s|, 0 at the end. */
    private Path uniformPath(PathTerms terms) {
        int[] tokens = {1, 0, 2, 1};
        double[] path = new double[tokens.length];
        int state = 0;
        for (int t = 0; t < tokens.length; t++) {
            path[t] = terms.own(tree.logTeacher(state)[tokens[t]], -Math.log(ToyTree.TOKENS), Double.NEGATIVE_INFINITY);
            state = tree.next(state, tokens[t]);
        }
        return Path.of(path, new double[] {0, .1, .2, .3, 0}, new boolean[] {true, true, true, true});
    }

    private void oneState() {
        RowLaw law = new RowLaw(new double[] {.2, -.4, .9, -.3});
        checks.add(equal("row", "u", PathTerms.sigmoid(law.logit()), .145483, EXACT));
        double[] own = {.280697, .154050, .565254};
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            checks.add(equal("row", "own law of token " + a, Math.exp(law.logOwn(a)), own[a], EXACT));
        }
        PathTerms sharp = new PathTerms(1, .25);
        checkRow(sharp, false, -.383362, new double[] {-.103695, -.056909, .174547, -.013943});
        checkRow(sharp, true, -.218075, new double[] {-.013077, -.007177, -.026334, .046587});
        checkRow(PLAIN, false, -.265448, new double[0]);
        checkRow(PLAIN, true, 1.227699, new double[0]);
        double served = PathTerms.served(law.logit(), .689974);
        checks.add(equal("row", "u served at price .689974", PathTerms.sigmoid(served), .071063, EXACT));
        double[] uses = {.32, .30, .20};
        double[] prices = {.501, .5, .495};
        for (int i = 0; i < uses.length; i++) {
            AskMultiplier multiplier = new AskMultiplier(.3, .5, Bounds.WIDE);
            multiplier.observe(uses[i], 1);
            multiplier.ascend(.05);
            checks.add(equal("dual", "price after use " + uses[i], multiplier.price(), prices[i], 1e-12));
        }
    }

    /** Residual and slopes of C²/2 at the one state, V(s) = .1, V(s') = -.2, λ = .4, r = ln .5. */
    private void checkRow(PathTerms terms, boolean ask, double residual, double[] slopes) {
        RowLaw law = new RowLaw(new double[] {.2, -.4, .9, -.3});
        double term = ask
                ? terms.ask(AskReward.ZERO.of(Math.log(.5)), .4, law.logit())
                : terms.own(Math.log(.5), law.logOwn(2), law.logit());
        Path path = Path.of(new double[] {term}, new double[] {.1, -.2}, new boolean[] {true});
        new PathResiduals(1, Double.MAX_VALUE, Bootstrap.DETACHED).add(path);
        String what = (ask ? "ask" : "own token 2") + ", κ_a " + terms.kappaAsk();
        checks.add(equal("row", "C of " + what, PathResiduals.residual(path, 0, 1), residual, EXACT));
        double pull = path.termSlopes()[0];
        double[] seen = ask
                ? law.slopes(0, 0, pull * terms.askSlope(law.logit()))
                : law.slopes(2, -terms.kappa() * pull, pull * terms.ownSlope(law.logit()));
        for (int i = 0; i < slopes.length; i++) {
            checks.add(equal("row", "slope of C²/2 in logit " + i + ", " + what, seen[i], slopes[i], EXACT));
        }
    }

    private void softProgramme() {
        double[] kappas = {1, .5, 2};
        double[] roots = {0, -1.307985, 3.750172};
        for (int k = 0; k < kappas.length; k++) {
            PathTerms terms = new PathTerms(kappas[k], 1);
            SoftOptimum optimum = new SoftOptimum(tree, terms, Asking.NONE);
            checks.add(equal("T1", "V*(root), κ " + kappas[k], optimum.value(0), roots[k], EXACT));
            double most =
                    new ToyPaths(tree, terms, Asking.NONE, optimum).spread().most();
            checks.add(atMost("T1", "largest |C| over all sub-paths, κ " + kappas[k], most, ZERO));
        }
        PathTerms half = new PathTerms(.5, 1);
        SoftOptimum optimum = new SoftOptimum(tree, half, Asking.NONE);
        SoftOptimum sharpened = optimum.sharpenedPerToken(tree, half);
        double most = new ToyPaths(tree, half, Asking.NONE, sharpened).spread().most();
        checks.add(equal("T1", "largest |C| of the teacher sharpened per token, κ .5", most, .459140, EXACT));
    }

    private void onPolicySlopes() {
        for (double kappa : new double[] {.5, 1, 2}) {
            double[][] logits = new ToyStream(1).normals(ToyTree.STATES, ToyTree.TOKENS);
            TabularPolicy policy = new TabularPolicy(tree, kappa, logits);
            double[][] slopes = policy.expectedSlopes();
            double most = 0;
            for (int state = 0; state < ToyTree.STATES; state++) {
                for (int a = 0; a < ToyTree.TOKENS; a++) {
                    double at = logits[state][a];
                    logits[state][a] = at + 1e-6;
                    double above = policy.trueValue();
                    logits[state][a] = at - 1e-6;
                    double below = policy.trueValue();
                    logits[state][a] = at;
                    most = Math.max(most, Math.abs(slopes[state][a] + kappa * (above - below) / 2e-6));
                }
            }
            checks.add(atMost("T2", "on-policy slope against κ grad(-V), κ " + kappa, most, 1e-9));
        }
    }

    private void askTransition() {
        double[][] rates = {{.2466, .3318}, {.1827, .3318}};
        for (Reply reply : Reply.values()) {
            for (AskReward reward : new AskReward[] {AskReward.TEACHER_LOG_PROBABILITY, AskReward.ZERO}) {
                Asking asking = new Asking(PRICE, reward, reply);
                String what =
                        (reply == Reply.GREEDY ? "greedy " : "sampled ") + (reward == AskReward.ZERO ? "R2" : "R1");
                double rate = rates[reply == Reply.GREEDY ? 0 : 1][reward == AskReward.ZERO ? 1 : 0];
                SoftOptimum optimum = new SoftOptimum(tree, PLAIN, asking);
                checks.add(equal("T3", "ask rate, " + what, optimum.use(tree, asking), rate, 5e-5));
                ToyPaths paths = new ToyPaths(tree, PLAIN, asking);
                ToyPaths ended = new ToyPaths(tree.withEnd(), PLAIN, asking);
                if (reply == Reply.GREEDY) {
                    checks.add(
                            atMost("T3", "largest |C|, " + what, paths.spread().most(), ZERO));
                    checks.add(atMost(
                            "T3",
                            "largest |C| with an end, " + what,
                            ended.spread().most(),
                            ZERO));
                } else if (reward == AskReward.ZERO) {
                    checks.add(
                            atMost("T3", "largest |C|, " + what, paths.spread().most(), ZERO));
                    double rms = ended.spread().rootMeanSquare();
                    checks.add(equal("T3", "root mean square of C with an end, " + what, rms, .2126, 5e-5));
                } else {
                    double mean = paths.mostOfReplyMeans();
                    checks.add(atMost("T3", "mean of C over replies, " + what, mean, 1e-15));
                    double rms = paths.spread().rootMeanSquare();
                    checks.add(equal("T3", "root mean square of C, " + what, rms, 1.2486, 5e-5));
                }
            }
        }
        PathTerms sharp = new PathTerms(1, .25);
        Asking asking = new Asking(PRICE, AskReward.ZERO, Reply.GREEDY);
        SoftOptimum optimum = new SoftOptimum(tree.withEnd(), sharp, asking);
        checks.add(equal("T3b", "u(root), κ_a .25, with an end", optimum.ask(0), .059446, EXACT));
        checks.add(equal("T3b", "V(root), κ_a .25, with an end", optimum.value(0), .040168, EXACT));
        double most = new ToyPaths(tree.withEnd(), sharp, asking).spread().most();
        checks.add(atMost("T3b", "largest |C|, κ_a .25, with an end", most, ZERO));
    }

    private void closedForm() {
        double[] roots = {.421442, 1.426700, 2.772589};
        for (int i = 0; i < BUDGETS.length; i++) {
            double price = AskMultiplier.ofFullCapacity(BUDGETS[i], 1);
            SoftOptimum optimum = new SoftOptimum(tree, PLAIN, new Asking(price, AskReward.ZERO, Reply.SAMPLED));
            double most = 0;
            for (int state = 0; state < ToyTree.STATES; state++) {
                most = Math.max(most, Math.abs(optimum.ask(state) - BUDGETS[i]));
            }
            checks.add(atMost("T4", "largest |u - b|, b " + BUDGETS[i], most, 1e-9));
            checks.add(equal("T4", "V*(root), b " + BUDGETS[i], optimum.value(0), roots[i], EXACT));
        }
    }

    private void limitedStudent() {
        double[][] prices = {{2.3265, .9718, .1209}, {.3606, .1816, .0948}};
        double[] kappas = {1, .05};
        for (int k = 0; k < kappas.length; k++) {
            for (int i = 0; i < BUDGETS.length; i++) {
                PricedOptimum optimum = PricedOptimum.atBudget(limited, BUDGETS[i], kappas[k]);
                String what = "κ_a " + kappas[k] + ", b " + BUDGETS[i];
                checks.add(equal("T6", "price, " + what, optimum.price(), prices[k][i], 5e-5));
                checks.add(atMost("T6", "error of identity (4), " + what, optimum.identityError(), 1e-12));
            }
        }
        double[] sharpness = {1, .25, .05};
        double[] divergences = {.2349, .1841, .1171};
        for (int k = 0; k < sharpness.length; k++) {
            AskOutcome outcome =
                    PricedOptimum.atBudget(limited, .3, sharpness[k]).outcome();
            checks.add(equal("T6", "KL, b .3, κ_a " + sharpness[k], outcome.divergence(), divergences[k], 5e-5));
        }
        AskOutcome sharp = PricedOptimum.atBudget(limited, .3, .05).outcome();
        checks.add(equal("T6", "ask given hard, κ_a .05", sharp.onHard(), .482, 5e-4));
        checks.add(equal("T6", "ask given easy, κ_a .05", sharp.onEasy(), .026, 5e-4));
        double[] constants = {.3, 0, 1};
        double[] references = {.2541, .4883, 0};
        for (int i = 0; i < constants.length; i++) {
            double rate = constants[i];
            double divergence = AskOutcome.of(limited, state -> rate).divergence();
            checks.add(equal("T6", "KL, asks at random at rate " + rate, divergence, references[i], 5e-5));
        }
    }

    private void multiplierLimits() {
        double[] multipliers = {0, 1, 5, 50};
        checkLimits(Constraint.LINEAR, 1, multipliers, new double[] {2.120, 1.177, .031, .000});
        checkLimits(Constraint.HINGE, .05, multipliers, new double[] {3.115, 1.820, 1.820, 1.820});
        checkLimits(Constraint.HINGE, 1, multipliers, new double[] {2.120, 1.745, 1.510, 1.505});
        double overdraft =
                PricedOptimum.Counted.of(limited, Constraint.HINGE, 50, 2, .05).overdraft();
        checks.add(atMost("T7", "P(asks > 2), hinge, λ 50, κ_a .05", overdraft, 1e-9));
    }

    private void checkLimits(Constraint constraint, double kappaAsk, double[] multipliers, double[] asks) {
        for (int i = 0; i < multipliers.length; i++) {
            double seen = PricedOptimum.Counted.of(limited, constraint, multipliers[i], 2, kappaAsk)
                    .asks();
            String what = "asks, " + (constraint == Constraint.LINEAR ? "linear" : "hinge") + ", λ " + multipliers[i]
                    + ", κ_a " + kappaAsk;
            checks.add(equal("T7", what, seen, asks[i], 5e-4));
        }
    }

    private void doubleSampling() {
        Bias full = new DoubleSampling(Bootstrap.FULL, Replies.EACH).learn();
        checks.add(atLeast("T5", "bias of the policy, full residual", full.ofPolicy(), .03));
        checks.add(atLeast("T5", "bias of the values, full residual", full.ofValues(), .1));
        Bias semi = new DoubleSampling(Bootstrap.DETACHED, Replies.EACH).learn();
        checks.add(atMost("T5", "bias of the policy, semi-gradient", semi.ofPolicy(), 1e-10));
        checks.add(atMost("T5", "bias of the values, semi-gradient", semi.ofValues(), 1e-10));
        Bias averaged = new DoubleSampling(Bootstrap.FULL, Replies.AVERAGED).learn();
        checks.add(atMost("T5", "bias of the policy, replies averaged", averaged.ofPolicy(), 1e-10));
        checks.add(atMost("T5", "bias of the values, replies averaged", averaged.ofValues(), 1e-10));
    }

    private void stochastic() {
        Rates rates = new Rates(.5, .5, .5, 200, 0);
        double[] prices = {2.3265, .9718, .1209};
        double[] tolerances = {.02 * 2.3265, .02 * .9718, .015};
        for (int i = 0; i < BUDGETS.length; i++) {
            TabularAsking learned = new TabularAsking(limited, BUDGETS[i], 1, rates, new ToyStream(1)).learn();
            checks.add(equal("T8", "use, b " + BUDGETS[i], learned.outcome().use(), BUDGETS[i], .01));
            checks.add(equal("T8", "price, b " + BUDGETS[i], learned.meanPrice(), prices[i], tolerances[i]));
        }
        TabularAsking half =
                new TabularAsking(limited, .3, 1, new Rates(.5, .5, .5, 200, .5), new ToyStream(1)).learn();
        checks.add(equal("T8", "use, b .3, half off-policy", half.outcome().use(), .3, .01));
        checks.add(equal("T8", "price, b .3, half off-policy", half.meanPrice(), .9718, .02 * .9718));
    }

    private void tabular() {
        for (Windows windows : Windows.values()) {
            TabularPolicy policy = new TabularPolicy(tree, 1, new double[ToyTree.STATES][ToyTree.TOKENS]);
            policy.learn(20_000, .1, windows, new ToyStream(1));
            boolean whole = windows == Windows.WHOLE_PATH;
            String what = "|π - p_T| from " + (whole ? "whole paths" : "every suffix");
            checks.add(atMost("T14", what, policy.distance(), whole ? 1e-5 : 1e-12));
        }
    }

    private void experimentK() {
        double toRandom = 0;
        double toScores = 0;
        for (int seed = 0; seed < 8; seed++) {
            ToyStudent student = ToyStudent.random(new ToyStream(seed));
            AskOutcome learned = new TabularAsking(
                            student, .3, .1, new Rates(20, .5, .2, 400, 0), new ToyStream(5000 + seed))
                    .learn()
                    .outcome();
            checks.add(equal("K", "use, b .3, seed " + seed, learned.use(), .3, .02));
            double random = AskRivals.RANDOM.at(student, learned.use()).divergence();
            double scores = Double.MAX_VALUE;
            for (AskRivals rival : List.of(AskRivals.CONFIDENCE, AskRivals.ENTROPY, AskRivals.MARGIN)) {
                scores = Math.min(scores, rival.at(student, learned.use()).divergence());
            }
            double ahead = random - learned.divergence();
            checks.add(atLeast("K", "KL of random less learned, seed " + seed, ahead, .30));
            double scoreAhead = scores - learned.divergence();
            checks.add(atLeast("K", "KL of the best score less learned, seed " + seed, scoreAhead, .20));
            toRandom += ahead / 8;
            toScores += scoreAhead / 8;
        }
        checks.add(atLeast("K", "KL of random less learned, mean", toRandom, .80));
        checks.add(atLeast("K", "KL of the best score less learned, mean", toScores, 1.0));
    }
}
