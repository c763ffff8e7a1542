package dev.understudy.workload.toy;

import static dev.understudy.workload.toy.ToyCheck.atLeast;
import static dev.understudy.workload.toy.ToyCheck.equal;

import java.util.ArrayList;
import java.util.List;

/**
 * What every method is compared with, on the toys: the frontier of asking at equal exact use, on eight random trees and
 * on the reference toy.
 */
public final class BaselinesToy {
    private static final double KAPPA_ASK = 0.05;
    private static final double TOLERANCE = 0.002;
    private static final int SEEDS = 8;

    /** One budget of the frontier: KL of the emitted law to the teacher, mean over the trees. */
    private record Row(
            double budget,
            double random,
            double confidence,
            double entropy,
            double margin,
            double divergence,
            double priced) {
        double of(AskRivals rival) {
            return switch (rival) {
                case RANDOM -> random;
                case CONFIDENCE -> confidence;
                case ENTROPY -> entropy;
                case MARGIN -> margin;
                case TRUE_DIVERGENCE -> divergence;
            };
        }
    }

    private static final List<Row> FRONTIER = List.of(
            new Row(.1, 2.035, 2.254, 2.258, 2.244, 1.303, 1.242),
            new Row(.3, 1.397, 2.097, 2.093, 2.103, .532, .302),
            new Row(.5, .845, 2.046, 2.049, 1.902, .028, .027));

    private BaselinesToy() {}

    /** Deterministic; about a second. */
    public static List<ToyCheck> frontier() {
        List<ToyCheck> checks = new ArrayList<>();
        List<ToyStudent> students = new ArrayList<>();
        double alone = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            students.add(ToyStudent.random(new ToyStream(seed)));
            alone += AskOutcome.of(students.get(seed), state -> 0).divergence() / SEEDS;
        }
        checks.add(equal("K", "KL without asks", alone, 2.392, TOLERANCE));
        for (Row row : FRONTIER) {
            addRow(students, row, checks);
        }
        ToyStudent limited = ToyStudent.limited(ToyTree.reference());
        double[] random = {.4025, .2541, .1369};
        double[] priced = {.2933, .1171, .0356};
        for (int i = 0; i < FRONTIER.size(); i++) {
            double budget = FRONTIER.get(i).budget();
            double atRandom = AskRivals.RANDOM.at(limited, budget).divergence();
            checks.add(equal("K", "reference toy, random, b " + budget, atRandom, random[i], 5e-5));
            double best =
                    PricedOptimum.atBudget(limited, budget, KAPPA_ASK).outcome().divergence();
            checks.add(equal("K", "reference toy, priced asking, b " + budget, best, priced[i], 5e-5));
        }
        return checks;
    }

    private static void addRow(List<ToyStudent> students, Row row, List<ToyCheck> checks) {
        double[] best = new double[SEEDS];
        double mean = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            best[seed] = PricedOptimum.atBudget(students.get(seed), row.budget(), KAPPA_ASK)
                    .outcome()
                    .divergence();
            mean += best[seed] / SEEDS;
        }
        String at = ", b " + row.budget();
        checks.add(equal("K", "KL of priced asking" + at, mean, row.priced(), TOLERANCE));
        for (AskRivals rival : AskRivals.values()) {
            double sum = 0;
            double least = Double.MAX_VALUE;
            for (int seed = 0; seed < SEEDS; seed++) {
                double divergence = rival.at(students.get(seed), row.budget()).divergence();
                sum += divergence / SEEDS;
                least = Math.min(least, divergence - best[seed]);
            }
            checks.add(equal("K", "KL of " + rival + at, sum, row.of(rival), TOLERANCE));
            if (rival != AskRivals.TRUE_DIVERGENCE) {
                double bound = rival == AskRivals.RANDOM ? .30 : .25;
                checks.add(atLeast("K", "least lead over " + rival + at, least, bound));
            }
        }
    }
}
