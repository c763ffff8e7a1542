package dev.understudy.budget.control;

import dev.understudy.budget.price.PriceScale;
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
    private final Deque<Seen> recent = new ArrayDeque<>();

    /**
     * One of the latest sequences.
     *
     * @param needed bin of the price that it needed
     * @param inForce bin of the price that it was decoded at
     */
    private record Seen(int needed, int inForce) {}

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

    void add(int bin, long sequences, int inForce) {
        weight[bin] += sequences;
        for (long i = 0; i < Math.min(sequences, RECENT); i++) {
            recent.addLast(new Seen(bin, inForce));
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

    /**
     * The highest bin at which the wanted fraction of sequences is right, or the bin of asking everywhere. One wrong
     * sequence more is counted than was seen: of all prices the highest that looks good enough is taken, and that one
     * looks better than it is.
     */
    int best(double target) {
        double total = total() + 1;
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

    /**
     * How many of the latest sequences were right at the price that they were decoded at and would be at this bin's. A
     * price that has fallen since must not clear them: what made it fall is what there is to notice.
     */
    int recentRight(int bin) {
        return (int) recent.stream()
                .filter(seen -> seen.needed() >= Math.max(bin, seen.inForce()))
                .count();
    }
}
