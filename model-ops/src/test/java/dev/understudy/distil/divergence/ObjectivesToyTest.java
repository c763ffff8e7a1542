package dev.understudy.distil.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A student that sees only the position and the last token learns random trees of depth four by three divergences on
 * the teacher's states, on its own, and on both: each objective wins its own metric.
 */
class ObjectivesToyTest {
    private static final int TOKENS = 3;
    private static final int LENGTH = 4;
    private static final int STATES = 40;
    private static final int STEPS = 800;
    private static final int SEEDS = 8;

    private static final List<Divergence> OBJECTIVES =
            List.of(new ForwardKl(), new ReverseKl(), new GeneralizedJsd(.5));
    private static final double[] ON_POLICY = {0, .5, 1};

    /** Reference means: objective, share of the student's own states, metric. */
    private static final double[][][] EXPECTED = {
        {{.2718, .4470, .2975}, {.2735, .4435, .2922}, {.2780, .4432, .2906}},
        {{.2974, .4115, .3184}, {.2966, .4052, .3112}, {.3002, .4029, .3083}},
        {{.2779, .4265, .3016}, {.2781, .4213, .2957}, {.2815, .4196, .2933}}
    };

    @Test
    void eachObjectiveWinsItsOwnMetricOnEverySeed() {
        double[][][][] seen = new double[SEEDS][][][];
        StringBuilder table = new StringBuilder();
        for (int seed = 0; seed < SEEDS; seed++) {
            seen[seed] = run(tree(seed), 1);
            double[][][] at = seen[seed];
            table.append(String.format(
                    Locale.ROOT,
                    "%nseed %d: KL(p,S) %.4f %.4f  KL(S,p) %.4f %.4f  own states %.4f %.4f",
                    seed,
                    at[0][0][0],
                    at[1][2][0],
                    at[0][0][1],
                    at[1][2][1],
                    at[0][0][2],
                    at[0][2][2]));
            assertThat(at[1][2][0] - at[0][0][0]).as("covering%s", table).isGreaterThan(.004);
            assertThat(at[0][0][1] - at[1][2][1]).as("seeking%s", table).isGreaterThan(.006);
            assertThat(at[0][0][2] - at[0][2][2]).as("own states%s", table).isGreaterThan(.0002);
        }
        for (int objective = 0; objective < 3; objective++) {
            for (int policy = 0; policy < 3; policy++) {
                for (int metric = 0; metric < 3; metric++) {
                    double mean = 0;
                    for (double[][][] at : seen) {
                        mean += at[objective][policy][metric] / SEEDS;
                    }
                    assertThat(mean)
                            .as("objective %d, policy %d, metric %d%s", objective, policy, metric, table)
                            .isCloseTo(EXPECTED[objective][policy][metric], within(1e-4));
                }
            }
        }
    }

    @Test
    void aGradientOfTheWrongSignLosesEverything() {
        double[][][] right = run(tree(0), 1);
        double[][][] wrong = run(tree(0), -1);
        assertThat(wrong[0][0][0]).isGreaterThan(right[0][0][0] + 1);
    }

    private static double[][][] run(double[][] teacher, int sign) {
        double[][][] metrics = new double[OBJECTIVES.size()][ON_POLICY.length][];
        for (int objective = 0; objective < OBJECTIVES.size(); objective++) {
            for (int policy = 0; policy < ON_POLICY.length; policy++) {
                metrics[objective][policy] = learn(teacher, OBJECTIVES.get(objective), ON_POLICY[policy], sign);
            }
        }
        return metrics;
    }

    private static double[] learn(double[][] teacher, Divergence objective, double onPolicy, int sign) {
        double[][] logits = new double[LENGTH * (TOKENS + 1)][TOKENS];
        double[] teacherVisits = visits(teacher);
        for (int step = 0; step < STEPS; step++) {
            double[][] student = laws(logits);
            double[] own = visits(student);
            double[][] gradient = new double[logits.length][TOKENS];
            for (int state = 0; state < STATES; state++) {
                double weight = onPolicy * own[state] + (1 - onPolicy) * teacherVisits[state];
                double[] at = objective.gradient(teacher[state], student[state]);
                for (int token = 0; token < TOKENS; token++) {
                    gradient[row(state)][token] += weight * at[token];
                }
            }
            for (int row = 0; row < logits.length; row++) {
                for (int token = 0; token < TOKENS; token++) {
                    logits[row][token] -= sign * gradient[row][token];
                }
            }
        }
        double[][] student = laws(logits);
        double[] own = visits(student);
        double[] metrics = new double[3];
        for (int state = 0; state < STATES; state++) {
            double forward = new ForwardKl().nats(teacher[state], student[state]);
            metrics[0] += teacherVisits[state] * forward;
            metrics[1] += own[state] * new ReverseKl().nats(teacher[state], student[state]);
            metrics[2] += own[state] * forward;
        }
        return metrics;
    }

    private static double[][] laws(double[][] logits) {
        double[][] laws = new double[STATES][];
        for (int state = 0; state < STATES; state++) {
            laws[state] = DivergenceTest.softmax(logits[row(state)]);
        }
        return laws;
    }

    /** States are numbered breadth first; token a leads from state i to 3 i + 1 + a. */
    private static double[] visits(double[][] laws) {
        double[] visits = new double[STATES];
        visits[0] = 1;
        for (int state = 0; TOKENS * state + TOKENS < STATES; state++) {
            for (int token = 0; token < TOKENS; token++) {
                visits[TOKENS * state + 1 + token] = visits[state] * laws[state][token];
            }
        }
        return visits;
    }

    /** All that the student sees: position, and last token or none. */
    private static int row(int state) {
        if (state == 0) {
            return 0;
        }
        int position = state < 4 ? 1 : state < 13 ? 2 : 3;
        return position * (TOKENS + 1) + 1 + (state - 1) % TOKENS;
    }

    private static double[][] tree(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] laws = new double[STATES][];
        for (int state = 0; state < STATES; state++) {
            double[] logits = new double[TOKENS];
            for (int token = 0; token < TOKENS; token++) {
                double first = random.nextDouble();
                logits[token] = 1.5 * Math.sqrt(-2 * Math.log1p(-first)) * Math.cos(2 * Math.PI * random.nextDouble());
            }
            laws[state] = DivergenceTest.softmax(logits);
        }
        return laws;
    }
}
