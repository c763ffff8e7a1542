package dev.understudy.budget.price;

import java.util.List;

/**
 * Histograms of difficulties: 64 bins of equal width in log odds from -11.5 to 11.5, so that the prices of strong
 * students (close to 0) and of policies that fill [0, 1] evenly are told apart alike.
 */
public final class DifficultyScale {
    /** Number of bins. */
    public static final int BINS = 64;

    private static final double END = 11.5;

    private DifficultyScale() {}

    /** The bin of a difficulty in [0, 1]. */
    public static int bin(double difficulty) {
        if (!(difficulty >= 0 && difficulty <= 1)) {
            throw new IllegalArgumentException(
                    "Cannot find the bin of difficulty " + difficulty + ": expected [0, 1]. Normalise the difficulty.");
        }
        double odds = Math.log(difficulty / (1 - difficulty));
        return (int) Math.max(0, Math.min(BINS - 1, Math.floor((odds + END) / (2 * END) * BINS)));
    }

    /** Lower edge of a bin, in (0, 1); of bin 64 the upper end. */
    static double edge(double bin) {
        return 1 / (1 + Math.exp(END - 2 * END * bin / BINS));
    }

    /**
     * The price above which this share of the difficulties lies: the (1 - share) quantile, within a bin by even log
     * odds.
     *
     * @param weights {@link #BINS} weights, not all 0
     * @param share in [0, 1]
     * @return in [0, 1]: 0 where everything, 1 where nothing is to lie above
     */
    public static double price(double[] weights, double share) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double wanted = share * total;
        double above = 0;
        for (int bin = BINS - 1; bin >= 0; bin--) {
            if (weights[bin] > 0 && above + weights[bin] >= wanted) {
                double price = edge(bin + 1 - (wanted - above) / weights[bin]);
                return wanted <= 0 ? 1 : price;
            }
            above += weights[bin];
        }
        return 0;
    }

    /** Counts of a histogram over the bins of this scale, as weights. */
    public static double[] weights(List<Long> counts) {
        return counts.stream().mapToDouble(Long::doubleValue).toArray();
    }
}
