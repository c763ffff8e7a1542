package dev.understudy.workload.toy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Policies that learn nothing, brought to an exact use: the states are ranked by a score, the first ones ask always,
 * and the one at the boundary at the rate that makes the use exact.
 */
enum AskRivals {
    RANDOM {
        @Override
        double score(ToyStudent student, int state) {
            return 0;
        }
    },
    CONFIDENCE {
        @Override
        double score(ToyStudent student, int state) {
            return 1 - sorted(student, state)[2];
        }
    },
    ENTROPY {
        @Override
        double score(ToyStudent student, int state) {
            double sum = 0;
            for (double p : student.own()[state]) {
                sum -= p * Math.log(p);
            }
            return sum;
        }
    },
    MARGIN {
        @Override
        double score(ToyStudent student, int state) {
            double[] law = sorted(student, state);
            return law[1] - law[2];
        }
    },
    /** Knows what no student can: its true divergence from the teacher. */
    TRUE_DIVERGENCE {
        @Override
        double score(ToyStudent student, int state) {
            return student.divergence(state);
        }
    };

    abstract double score(ToyStudent student, int state);

    AskOutcome at(ToyStudent student, double use) {
        if (this == RANDOM) {
            return AskOutcome.of(student, state -> use);
        }
        List<Integer> ranked = IntStream.range(0, ToyTree.STATES)
                .boxed()
                .sorted(Comparator.comparingDouble(state -> -score(student, state)))
                .toList();
        int whole = 0;
        while (whole < ToyTree.STATES
                && AskOutcome.of(student, first(ranked, whole + 1, 1)).use() <= use) {
            whole++;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            boolean much =
                    AskOutcome.of(student, first(ranked, whole + 1, middle)).use() > use;
            high = much ? middle : high;
            low = much ? low : middle;
        }
        return AskOutcome.of(student, first(ranked, whole + 1, (low + high) / 2));
    }

    /** Asks in the first {@code count} states, in the last of them at a rate. */
    private static IntToDoubleFunction first(List<Integer> ranked, int count, double lastRate) {
        double[] rates = new double[ToyTree.STATES];
        for (int i = 0; i < Math.min(count, ranked.size()); i++) {
            rates[ranked.get(i)] = i == count - 1 ? lastRate : 1;
        }
        return state -> rates[state];
    }

    private static double[] sorted(ToyStudent student, int state) {
        return Arrays.stream(student.own()[state]).sorted().toArray();
    }
}
