package dev.understudy.workload.toy;

import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Bootstrap;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import java.util.Arrays;

/**
 * A student of full capacity that does not ask: one softmax and one value a state, for checks of the path residuals
 * alone. Confined to one thread.
 */
final class TabularPolicy {
    private static final double NEVER_ASKS = Double.NEGATIVE_INFINITY;

    private final ToyTree tree;
    private final PathTerms terms;
    private final double[][] logits;
    private final double[] values = new double[ToyTree.STATES];

    /** Which windows of a sequence are learnt from. */
    enum Windows {
        /** The whole sequence alone. */
        WHOLE_PATH,
        /** Every suffix of it. */
        EVERY_SUFFIX
    }

    /** @param logits [40, 3], changed by learning */
    TabularPolicy(ToyTree tree, double kappa, double[][] logits) {
        this.tree = tree;
        this.logits = logits;
        terms = new PathTerms(kappa, 1);
    }

    /** V^π of the empty prefix: expected log p_T - κ log π over whole sequences, by enumeration. */
    double trueValue() {
        return trueValue(0);
    }

    private double trueValue(int state) {
        if (state == ToyTree.TERMINAL) {
            return 0;
        }
        double[] law = ToyStream.logLaw(logits[state]);
        double sum = 0;
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            sum += Math.exp(law[a])
                    * (tree.logTeacher(state)[a] - terms.kappa() * law[a] + trueValue(tree.next(state, a)));
        }
        return sum;
    }

    /** Slopes [40, 3] of the loss of whole paths in the logits, expected over the policy's own sequences. */
    double[][] expectedSlopes() {
        double[][] slopes = new double[ToyTree.STATES][ToyTree.TOKENS];
        int count = (int) Math.pow(ToyTree.TOKENS, ToyTree.LENGTH);
        for (int sequence = 0; sequence < count; sequence++) {
            int[] tokens = tokens(sequence);
            double chance = 0;
            int state = 0;
            for (int token : tokens) {
                chance += ToyStream.logLaw(logits[state])[token];
                state = tree.next(state, token);
            }
            addSlopes(tokens, Windows.WHOLE_PATH, Math.exp(chance), slopes, new double[ToyTree.STATES]);
        }
        return slopes;
    }

    /** Descends on sequences drawn uniformly, one at a time. */
    void learn(int sequences, double rate, Windows windows, ToyStream stream) {
        for (int n = 0; n < sequences; n++) {
            int[] tokens = new int[ToyTree.LENGTH];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = stream.integer(ToyTree.TOKENS);
            }
            double[][] slopes = new double[ToyTree.STATES][ToyTree.TOKENS];
            double[] valueSlopes = new double[ToyTree.STATES];
            addSlopes(tokens, windows, 1, slopes, valueSlopes);
            for (int state = 0; state < ToyTree.STATES; state++) {
                for (int a = 0; a < ToyTree.TOKENS; a++) {
                    logits[state][a] -= rate * slopes[state][a];
                }
                values[state] -= rate * valueSlopes[state];
            }
        }
    }

    /** Largest |π - p_T|. */
    double distance() {
        double most = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            double[] law = ToyStream.softmax(logits[state]);
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                most = Math.max(most, Math.abs(law[a] - tree.teacher(state, a)));
            }
        }
        return most;
    }

    private void addSlopes(int[] tokens, Windows windows, double weight, double[][] slopes, double[] valueSlopes) {
        int[] states = new int[tokens.length];
        double[] path = new double[tokens.length];
        double[] value = new double[tokens.length + 1];
        int state = 0;
        for (int t = 0; t < tokens.length; t++) {
            states[t] = state;
            value[t] = values[state];
            double logOwn = ToyStream.logLaw(logits[state])[tokens[t]];
            path[t] = terms.own(tree.logTeacher(state)[tokens[t]], logOwn, NEVER_ASKS);
            state = tree.next(state, tokens[t]);
        }
        boolean[] counted = new boolean[tokens.length];
        Arrays.fill(counted, true);
        PathResiduals residuals = new PathResiduals(PathResiduals.WHOLE, Double.MAX_VALUE, Bootstrap.FULL);
        Path seen = Path.of(path, value, counted);
        if (windows == Windows.WHOLE_PATH) {
            residuals.addFrom(seen, 0);
        } else {
            residuals.add(seen);
        }
        for (int t = 0; t < tokens.length; t++) {
            double[] law = ToyStream.softmax(logits[states[t]]);
            double slope = -terms.kappa() * seen.termSlopes()[t] * weight;
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                slopes[states[t]][a] += slope * ((a == tokens[t] ? 1 : 0) - law[a]);
            }
            valueSlopes[states[t]] += seen.valueSlopes()[t] * weight;
        }
    }

    private static int[] tokens(int sequence) {
        int[] tokens = new int[ToyTree.LENGTH];
        int left = sequence;
        for (int t = 0; t < tokens.length; t++) {
            tokens[t] = left % ToyTree.TOKENS;
            left /= ToyTree.TOKENS;
        }
        return tokens;
    }
}
