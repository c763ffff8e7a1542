package dev.understudy.decode.head;

import java.util.Arrays;

/**
 * Prices of a student that asks by its vocabulary, one set a budget level L; they need not fall from level to level,
 * since each level's token has a u of its own. Arrays are not copied; nobody modifies them.
 *
 * @param own [L] price in (0, 1) at which the level's token spends its level
 * @param next [L] price in (0, 1) at which it spends the next higher level, at most {@code own}; the own price again at
 *     the last one
 * @param use [L] measured asks per output token at the own price
 */
public record RowPrices(double[] own, double[] next, double[] use) {
    public RowPrices {
        boolean sound = next.length == own.length && use.length == own.length;
        for (int i = 0; sound && i < own.length; i++) {
            sound = own[i] > 0 && own[i] < 1 && next[i] > 0 && next[i] <= own[i];
        }
        if (!sound) {
            throw new IllegalArgumentException("A student that asks by its vocabulary has prices "
                    + Arrays.toString(own) + " and for the next level " + Arrays.toString(next)
                    + "; expected as many within (0, 1), the second at most the first. Train it again.");
        }
    }

    /** As trained: price 0.5 everywhere. */
    static RowPrices none(int levels) {
        double[] half = new double[levels];
        Arrays.fill(half, AskLevels.UNTOLD);
        return new RowPrices(half, half, new double[levels]);
    }
}
