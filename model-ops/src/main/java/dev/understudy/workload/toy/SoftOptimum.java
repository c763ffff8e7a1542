package dev.understudy.workload.toy;

import dev.understudy.distil.path.AskReward;
import dev.understudy.distil.path.PathTerms;

/**
 * The exact optimum of a student of full capacity, by the soft dynamic programme from the last states to the first:
 * {@code V(s) = κ log Σ_a exp((log p_T(a) + V(s.a)) / κ)}, and with asking the same between the own law's value and
 * that of an ask at temperature κ_a (Nachum et al. 2017, arXiv 1702.08892, equations 7 to 10; the second temperature is
 * ours). Arrays must not be modified.
 */
final class SoftOptimum {
    private final double[] values;
    /** [40, 3] log π_own. */
    final double[][] logOwn;
    /** [40] logit of asking; -∞ without asking. */
    final double[] logit;

    /**
     * What an ask costs, earns and brings.
     *
     * @param price λ in nats; +∞ forbids asking
     * @param reward of an ask
     * @param reply which token the teacher writes
     */
    record Asking(double price, AskReward reward, Reply reply) {
        static final Asking NONE = new Asking(Double.POSITIVE_INFINITY, AskReward.ZERO, Reply.GREEDY);
    }

    /** Which token the teacher writes. */
    enum Reply {
        /** Its most probable one; dynamics stay deterministic. */
        GREEDY,
        /** One drawn by its law. */
        SAMPLED
    }

    private SoftOptimum(double[] values, double[][] logOwn, double[] logit) {
        this.values = values;
        this.logOwn = logOwn;
        this.logit = logit;
    }

    SoftOptimum(ToyTree tree, PathTerms terms, Asking asking) {
        this(new double[ToyTree.STATES], new double[ToyTree.STATES][], new double[ToyTree.STATES]);
        for (int state = ToyTree.STATES - 1; state >= 0; state--) {
            double[] scaled = new double[ToyTree.TOKENS];
            for (int a = 0; a < scaled.length; a++) {
                scaled[a] = (tree.logTeacher(state)[a] + value(tree.next(state, a))) / terms.kappa();
            }
            logOwn[state] = ToyStream.logLaw(scaled);
            double own = terms.kappa() * ToyStream.logSumExp(scaled);
            double ask = ofAsk(tree, state, asking);
            logit[state] = (ask - own) / terms.kappaAsk();
            values[state] = ask == Double.NEGATIVE_INFINITY
                    ? own
                    : terms.kappaAsk() * ToyStream.logSumExp(own / terms.kappaAsk(), ask / terms.kappaAsk());
        }
    }

    /**
     * The same values beside the teacher sharpened token by token, {@code p_T^(1/κ)}: what a divergence per token would
     * lead to, and not the optimum over sequences.
     */
    SoftOptimum sharpenedPerToken(ToyTree tree, PathTerms terms) {
        double[][] laws = new double[ToyTree.STATES][];
        for (int state = 0; state < ToyTree.STATES; state++) {
            double[] scaled = tree.logTeacher(state).clone();
            for (int a = 0; a < scaled.length; a++) {
                scaled[a] /= terms.kappa();
            }
            laws[state] = ToyStream.logLaw(scaled);
        }
        return new SoftOptimum(values, laws, logit);
    }

    /** V*(s) in nats; 0 at the end. */
    double value(int state) {
        return state == ToyTree.TERMINAL ? 0 : values[state];
    }

    /** Asks per output token of the optimum's own sequences. */
    double use(ToyTree tree, Asking asking) {
        double[] visits = new double[ToyTree.STATES];
        visits[0] = 1;
        double asks = 0;
        double tokens = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            double u = ask(state);
            asks += visits[state] * u;
            tokens += visits[state];
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                double chance = (1 - u) * Math.exp(logOwn[state][a]) + u * replyChance(tree, state, a, asking.reply());
                int next = tree.next(state, a);
                if (next != ToyTree.TERMINAL) {
                    visits[next] += visits[state] * chance;
                }
            }
        }
        return asks / tokens;
    }

    /** u in a state. */
    double ask(int state) {
        return PathTerms.sigmoid(logit[state]);
    }

    private double ofAsk(ToyTree tree, int state, Asking asking) {
        double sum = -asking.price();
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            double chance = replyChance(tree, state, a, asking.reply());
            if (chance > 0) {
                sum += chance * (asking.reward().of(tree.logTeacher(state)[a]) + value(tree.next(state, a)));
            }
        }
        return sum;
    }

    static double replyChance(ToyTree tree, int state, int token, Reply reply) {
        return reply == Reply.SAMPLED ? tree.teacher(state, token) : token == tree.greedy(state) ? 1 : 0;
    }
}
