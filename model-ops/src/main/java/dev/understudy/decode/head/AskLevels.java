package dev.understudy.decode.head;

import java.util.Arrays;

/**
 * The budgets that a head was calibrated for: at each level the price at which it spends that share of tokens. Arrays
 * are not copied; nobody modifies them.
 *
 * @param levels ascending shares of teacher tokens, in (0, 1); budget 0 needs no price
 * @param prices price of each, in (0, 1), not rising: what an ask must be worth
 * @param use measured asks per output token at each price
 */
public record AskLevels(double[] levels, double[] prices, double[] use) {
    /** What an ask must be worth where no share is agreed upon. */
    static final double UNTOLD = 0.5;

    public AskLevels {
        int count = levels.length;
        if (count == 0 || prices.length != count || use.length != count) {
            throw new IllegalArgumentException("An ask head has " + count + " levels, " + prices.length + " prices and "
                    + use.length + " measured shares; expected at least one of each and equally many. Train it again.");
        }
        for (int i = 0; i < count; i++) {
            double before = i == 0 ? 0 : levels[i - 1];
            boolean falls = i == 0 || prices[i] <= prices[i - 1];
            if (!(levels[i] > before && levels[i] < 1 && prices[i] > 0 && prices[i] < 1 && falls)) {
                throw new IllegalArgumentException("An ask head has levels " + Arrays.toString(levels) + " with prices "
                        + Arrays.toString(prices)
                        + "; expected levels that rise and prices that do not, all within (0, 1). Train it again.");
            }
        }
    }

    /** The levels that a head is priced at: 2, 5, 10, 20 and 30 %. */
    public static double[] usual() {
        return new double[] {0.02, 0.05, 0.1, 0.2, 0.3};
    }

    /**
     * Log odds of the price at a level: straight lines in the logarithm of the level between those that were
     * calibrated, the outermost price beyond them.
     *
     * @param level share of teacher tokens that may be used; 0 forbids asking, 1 says that no share is agreed upon
     * @return +∞ at level 0; 0 at level 1
     * @throws IllegalArgumentException outside [0, 1]: a budget that nobody was trained for must not pass for one
     */
    public double priceLogit(double level) {
        if (!(level >= 0 && level <= 1)) {
            throw new IllegalArgumentException("The ask head was told the budget level " + level
                    + "; expected a share of teacher tokens in [0, 1]. Correct the tenant's target share.");
        }
        if (level == 0) {
            return Double.POSITIVE_INFINITY;
        }
        if (level == 1) {
            return logit(UNTOLD);
        }
        int above = 0;
        while (above < levels.length && levels[above] < level) {
            above++;
        }
        if (above == 0 || above == levels.length) {
            return logit(prices[Math.min(above, levels.length - 1)]);
        }
        double part = Math.log(level / levels[above - 1]) / Math.log(levels[above] / levels[above - 1]);
        return (1 - part) * logit(prices[above - 1]) + part * logit(prices[above]);
    }

    static double logit(double probability) {
        return Math.log(probability / (1 - probability));
    }
}
