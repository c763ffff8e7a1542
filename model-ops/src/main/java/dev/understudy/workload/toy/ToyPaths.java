package dev.understudy.workload.toy;

import dev.understudy.distil.path.PathResiduals;
import dev.understudy.distil.path.PathResiduals.Path;
import dev.understudy.distil.path.PathTerms;
import dev.understudy.workload.toy.SoftOptimum.Asking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every sequence of decisions that a {@link SoftOptimum} allows, own tokens and asks with each possible reply, as paths
 * of terms and values: what exact checks run over.
 */
final class ToyPaths {
    private final ToyTree tree;
    private final PathTerms terms;
    private final Asking asking;
    private final SoftOptimum optimum;
    private final List<Path> paths = new ArrayList<>();

    /** Size of residuals over a set of paths. */
    record Spread(double most, double rootMeanSquare) {}

    ToyPaths(ToyTree tree, PathTerms terms, Asking asking) {
        this(tree, terms, asking, new SoftOptimum(tree, terms, asking));
    }

    /** Paths of another policy than the optimal one, given as its logits and values. */
    ToyPaths(ToyTree tree, PathTerms terms, Asking asking, SoftOptimum optimum) {
        this.tree = tree;
        this.terms = terms;
        this.asking = asking;
        this.optimum = optimum;
        walk(0, new double[0], new double[] {optimum.value(0)});
    }

    /** Residuals of all sub-paths of all sequences. */
    Spread spread() {
        double most = 0;
        double squares = 0;
        long count = 0;
        for (Path path : paths) {
            for (int i = 0; i < path.terms().length; i++) {
                for (int j = i + 1; j <= path.terms().length; j++) {
                    double residual = PathResiduals.residual(path, i, j);
                    most = Math.max(most, Math.abs(residual));
                    squares += residual * residual;
                    count++;
                }
            }
        }
        return new Spread(most, Math.sqrt(squares / count));
    }

    /** Largest |mean over the replies| of the one-step residual of an ask, over all states. */
    double mostOfReplyMeans() {
        double most = 0;
        for (int state = 0; state < ToyTree.STATES; state++) {
            double mean = 0;
            for (int a = 0; a < ToyTree.TOKENS; a++) {
                double chance = SoftOptimum.replyChance(tree, state, a, asking.reply());
                Path path = Path.of(
                        new double[] {askTerm(state, a)},
                        new double[] {optimum.value(state), optimum.value(tree.next(state, a))},
                        new boolean[] {true});
                mean += chance * PathResiduals.residual(path, 0, 1);
            }
            most = tree.reachable(state) ? Math.max(most, Math.abs(mean)) : most;
        }
        return most;
    }

    private void walk(int state, double[] soFar, double[] values) {
        if (state == ToyTree.TERMINAL) {
            boolean[] counted = new boolean[soFar.length];
            Arrays.fill(counted, true);
            paths.add(Path.of(soFar, values, counted));
            return;
        }
        for (int a = 0; a < ToyTree.TOKENS; a++) {
            int next = tree.next(state, a);
            double[] further = append(values, optimum.value(next));
            double own = terms.own(tree.logTeacher(state)[a], optimum.logOwn[state][a], optimum.logit[state]);
            walk(next, append(soFar, own), further);
            boolean askable = asking.price() < Double.POSITIVE_INFINITY;
            if (askable && SoftOptimum.replyChance(tree, state, a, asking.reply()) > 0) {
                walk(next, append(soFar, askTerm(state, a)), further);
            }
        }
    }

    private double askTerm(int state, int reply) {
        double reward = asking.reward().of(tree.logTeacher(state)[reply]);
        return terms.ask(reward, asking.price(), optimum.logit[state]);
    }

    private static double[] append(double[] values, double last) {
        double[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = last;
        return longer;
    }
}
