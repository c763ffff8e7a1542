package dev.understudy.distil.row;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.RowHead;
import dev.understudy.decode.head.RowPrices;
import dev.understudy.distil.ask.PriceSearch;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts.Terms;

/**
 * Prices of a student that asks by its vocabulary: under each level's token, the price at which free decoding spends
 * the level, and the one at which it spends the next. What cloning taught is about the budget; the price makes it
 * exact.
 */
public final class RowPricing {
    private static final double DEAREST = 1 - 1e-6;
    private static final AskPolicy POLICY = new AskPolicy.AskToken(Action.THRESHOLD);

    private final RolloutPrices rollouts;

    /** @param rollouts of the trained student, on prompts that it was not trained on */
    public RowPricing(RolloutPrices rollouts) {
        this.rollouts = rollouts;
    }

    /** A head that spends each level on the prompts of the roll-outs. */
    public RowHead price(AskEntries entries) {
        double[] levels = entries.levels();
        RowHead free = RowHead.unpriced(entries);
        double[] own = new double[levels.length];
        double[] next = new double[levels.length];
        double[] use = new double[levels.length];
        for (int l = 0; l < levels.length; l++) {
            PriceSearch.Found found = find(free, levels[l], levels[l]);
            own[l] = Math.min(DEAREST, found.price());
            use[l] = found.cost();
            boolean last = l + 1 == levels.length;
            next[l] = last
                    ? own[l]
                    : Math.min(own[l], find(free, levels[l], levels[l + 1]).price());
        }
        return new RowHead(entries, new RowPrices(own, next, use));
    }

    /** The price under the token of {@code level} at which {@code share} is spent. */
    private PriceSearch.Found find(RowHead free, double level, double share) {
        return rollouts.find(share, 0.5, price -> new Terms(POLICY, free, price, level, 0));
    }
}
