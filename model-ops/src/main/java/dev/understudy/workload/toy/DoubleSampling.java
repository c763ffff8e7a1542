package dev.understudy.workload.toy;

import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import dev.understudy.distil.path.RowLaw;
import dev.understudy.workload.toy.SoftOptimum.Asking;
import dev.understudy.workload.toy.SoftOptimum.Reply;

/**
 * What drawn replies do to the squared residual: one softmax over three tokens and the ask, and one value, a state;
 * full-batch descent on one-step residuals of all four decisions, replies weighted by the teacher's law (Baird 1995 on
 * residual gradients; the remedy is the semi-gradient). Confined to one thread.
 */
final class DoubleSampling {
    private static final int ITERATIONS = 2000;
    private static final double RATE = 0.1;
    private static final double PRICE = 0.7;
    private static final boolean[] ONE_STEP = {true};

    private final ToyTree tree = ToyTree.reference().withEnd();
    private final PathTerms terms = new PathTerms(1, 1);
    private final Asking asking = new Asking(PRICE, AskReward.TEACHER_LOG_PROBABILITY, Reply.SAMPLED);
    private final Replies replies;
    private final PathResiduals residuals;
    private final double[][] logits = new double[ToyTree.STATES][ToyTree.TOKENS + 1];
    private final double[] values = new double[ToyTree.STATES];

    /** How the residual of an ask sees the replies. */
    enum Replies {
        /** One residual a reply. */
        EACH,
        /** One residual with the mean of reward and value over the replies: needs the teacher's whole law. */
        AVERAGED
    }

    /** Distance from the exact optimum over the states that can be reached. */
    record Bias(double ofPolicy, double ofValues) {}

    DoubleSampling(Bootstrap bootstrap, Replies replies) {
        this.replies = replies;
        residuals = new PathResiduals(1, Double.MAX_VALUE, bootstrap);
    }

    Bias learn() {
        for (int n = 0; n < ITERATIONS; n++) {
            double[][] slopes = new double[ToyTree.STATES][ToyTree.TOKENS + 1];
            double[] valueSlopes = new double[ToyTree.STATES];
            for (int state = 0; state < ToyTree.STATES; state++) {
                if (tree.reachable(state)) {
                    addSlopes(state, slopes[state], valueSlopes);
                }
            }
            for (int state = 0; state < ToyTree.STATES; state++) {
                for (int a = 0; a <= ToyTree.TOKENS; a++) {
                    logits[state][a] -= RATE * slopes[state][a];
                }
                values[state] -= RATE * valueSlopes[state];
            }
        }
        return bias();
    }

    private void addSlopes(int state, double[] slopes, double[] valueSlopes) {
        RowLaw law = new RowLaw(logits[state]);
        double meanReward = 0;
        double meanAfter = 0;
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            double logTeacher = tree.logTeacher(state)[a];
            int next = tree.next(state, a);
            double term = terms.own(logTeacher, law.logOwn(a), law.logit());
            Path own = step(state, term, value(next));
            double pull = own.termSlopes()[0];
            add(slopes, law.slopes(a, -terms.kappa() * pull, pull * terms.ownSlope(law.logit())));
            addValues(own, 1, state, next, valueSlopes);
            double chance = tree.teacher(state, a);
            meanReward += chance * asking.reward().of(logTeacher);
            meanAfter += chance * value(next);
            if (replies == Replies.EACH) {
                Path ask = step(state, terms.ask(asking.reward().of(logTeacher), PRICE, law.logit()), value(next));
                addAsk(law, ask, chance, slopes);
                addValues(ask, chance, state, next, valueSlopes);
            }
        }
        if (replies == Replies.AVERAGED) {
            Path ask = step(state, terms.ask(meanReward, PRICE, law.logit()), meanAfter);
            addAsk(law, ask, 1, slopes);
            valueSlopes[state] += ask.valueSlopes()[0];
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                int next = tree.next(state, a);
                if (next != ToyTree.TERMINAL) {
                    valueSlopes[next] += tree.teacher(state, a) * ask.valueSlopes()[1];
                }
            }
        }
    }

    private Path step(int state, double term, double after) {
        Path path = Path.of(new double[] {term}, new double[] {values[state], after}, ONE_STEP);
        residuals.add(path);
        return path;
    }

    private void addAsk(RowLaw law, Path ask, double weight, double[] slopes) {
        add(slopes, law.slopes(0, 0, weight * ask.termSlopes()[0] * terms.askSlope(law.logit())));
    }

    private static void addValues(Path path, double weight, int state, int next, double[] valueSlopes) {
        valueSlopes[state] += weight * path.valueSlopes()[0];
        if (next != ToyTree.TERMINAL) {
            valueSlopes[next] += weight * path.valueSlopes()[1];
        }
    }

    private static void add(double[] to, double[] more) {
        for (int i = 0; i < to.length; i++) {
            to[i] += more[i];
        }
    }

    private double value(int state) {
        return state == ToyTree.TERMINAL ? 0 : values[state];
    }

    private Bias bias() {
        SoftOptimum optimum = new SoftOptimum(tree, terms, asking);
        double ofPolicy = 0;
        double ofValues = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            if (!tree.reachable(state)) {
                continue;
            }
            RowLaw law = new RowLaw(logits[state]);
            double u = PathTerms.sigmoid(law.logit());
            double best = optimum.ask(state);
            ofPolicy = Math.max(ofPolicy, Math.abs(u - best));
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                double own = (1 - u) * Math.exp(law.logOwn(a));
                ofPolicy = Math.max(ofPolicy, Math.abs(own - (1 - best) * Math.exp(optimum.logOwn[state][a])));
            }
            ofValues = Math.max(ofValues, Math.abs(values[state] - optimum.value(state)));
        }
        return new Bias(ofPolicy, ofValues);
    }
}
