package dev.understudy.decode.head;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskStep;

/**
 * The form of the paper (Liu et al. 2025, arXiv 2502.17717): the ask token is an entry of the student's vocabulary and
 * the budget a token before its prompt, so that asking is what the trained student itself says next.
 *
 * <pre>
 *     u = softmax(z)[ask]        over the own law and the ask token
 *     logit u = z[ask] - log Σ exp(z[own]) - logit(price of the level)
 * </pre>
 *
 * <p>The price of each level is ours: a trained u spends about its budget, and the price makes it exact. A share
 * between two levels is told as the lower one, with a price between those at which that token spends either (straight
 * lines in the logarithm of the share); below the lowest level the student is alone. Owned by the thread that steps the
 * model.
 */
public final class RowHead implements AskHead {
    private final AskEntries entries;
    private final RowPrices prices;

    public RowHead(AskEntries entries, RowPrices prices) {
        if (prices.own().length != entries.levels().length) {
            throw new IllegalArgumentException("A student that asks by its vocabulary has " + entries.levels().length
                    + " levels and " + prices.own().length + " prices; expected equally many. Train it again.");
        }
        this.entries = entries;
        this.prices = prices;
    }

    /** A head that asks as it was trained: no price is known yet. */
    public static RowHead unpriced(AskEntries entries) {
        return new RowHead(entries, RowPrices.none(entries.levels().length));
    }

    public RowPrices prices() {
        return prices;
    }

    @Override
    public AskEntries entries() {
        return entries;
    }

    @Override
    public int hiddenWidth() {
        return 0;
    }

    @Override
    public void logits(AskStep step, float[] logits) {
        for (int i = 0; i < step.count(); i++) {
            logits[i] = (float) (step.asking[i] - priceLogit(step.level[i]));
        }
    }

    /**
     * Log odds of the price at a share of teacher tokens.
     *
     * @param level in [0, 1]; 0 forbids asking, 1 says that no share is agreed upon
     * @return +∞ below the lowest level; 0 at 1
     * @throws IllegalArgumentException outside [0, 1]
     */
    double priceLogit(double level) {
        if (!(level >= 0 && level <= 1)) {
            throw new IllegalArgumentException("The student was told the budget level " + level
                    + "; expected a share of teacher tokens in [0, 1]. Correct the tenant's target share.");
        }
        int place = entries.place(level);
        if (place < 0) {
            return Double.POSITIVE_INFINITY;
        }
        if (level == 1) {
            return 0;
        }
        double own = AskLevels.logit(prices.own()[place]);
        if (place + 1 == entries.levels().length) {
            return own;
        }
        double lower = entries.levels()[place];
        double part = Math.log(level / lower) / Math.log(entries.levels()[place + 1] / lower);
        return (1 - part) * own + part * AskLevels.logit(prices.next()[place]);
    }
}
