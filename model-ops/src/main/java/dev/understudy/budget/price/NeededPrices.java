package dev.understudy.budget.price;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The prices that the sequences of one workload needed under the serving version, and the latest forty of them. */
final class NeededPrices {
    static final int RECENT = 40;
    /** Past this weight older sequences are worth half: a workload that changes must not hide behind its past. */
    private static final double FULL = 400;

    private static final double CURVE_WEIGHT = 100;

    private final double[] weight = new double[PriceScale.BINS];
    private final Deque<Integer> recent = new ArrayDeque<>();

    void clear() {
        Arrays.fill(weight, 0);
        recent.clear();
    }

    /** Takes a curve that was measured elsewhere: it says which price to take, not how the live traffic does. */
    void carryOver(List<Long> curve) {
        double total = curve.stream().mapToLong(Long::longValue).sum();
        double scale = Math.min(1, CURVE_WEIGHT / total);
        for (int bin = 0; bin < weight.length; bin++) {
            weight[bin] += scale * curve.get(bin);
        }
    }

    void add(int bin, long sequences) {
        weight[bin] += sequences;
        for (long i = 0; i < Math.min(sequences, RECENT); i++) {
            recent.addLast(bin);
            if (recent.size() > RECENT) {
                recent.removeFirst();
            }
        }
        if (total() > FULL) {
            for (int i = 0; i < weight.length; i++) {
                weight[i] /= 2;
            }
        }
    }

    double total() {
        double total = 0;
        for (double w : weight) {
            total += w;
        }
        return total;
    }

    /** The highest bin at which the wanted fraction of sequences is right, or the bin of asking everywhere. */
    int best(double target) {
        double total = total();
        double right = 0;
        for (int bin = PriceScale.BINS - 1; bin > PriceScale.ALWAYS_BIN; bin--) {
            right += weight[bin];
            if (right >= target * total - 1e-9) {
                return bin;
            }
        }
        return PriceScale.ALWAYS_BIN;
    }

    int recent() {
        return recent.size();
    }

    /** How many of the latest sequences were right at this bin's price. */
    int recentRight(int bin) {
        return (int) recent.stream().filter(needed -> needed >= bin).count();
    }
}
