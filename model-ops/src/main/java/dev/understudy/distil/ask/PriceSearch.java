package dev.understudy.distil.ask;

import dev.understudy.distil.path.PathTerms;
import java.util.Arrays;

/**
 * Finds the lowest price at which decoding freely costs no more than a share. What is asked for changes what comes
 * after it, so the use does not follow from the difficulties of one run: a price is the quantile of the difficulties
 * that the run before it met, and where that leads out of the bracket of what is known, or did so little good that the
 * share is still missed, a line through the ends of the bracket, in log odds of the price and logarithms of the cost.
 */
public final class PriceSearch {
    private static final double LOWEST = 1e-9;
    /** The share is met when it is missed by less than this part. */
    private static final double CLOSE = 0.06;

    private final double share;
    private final int most;

    /** Decodes at a price. */
    public interface Trial {
        Met at(double price);
    }

    /**
     * What a run came to.
     *
     * @param cost spent a token, what the share is a share of
     * @param difficulties of all its tokens, in any order
     */
    public record Met(double cost, float[] difficulties) {
        /** The price that a share of the difficulties exceeds, within (0, 1). */
        double quantile(double share) {
            float[] ascending = difficulties.clone();
            Arrays.sort(ascending);
            int above = (int) (share * ascending.length);
            return inside(ascending[Math.max(0, ascending.length - 1 - above)]);
        }
    }

    /**
     * The price that was found.
     *
     * @param price in (0, 1]; 1 where every price that was tried costs more
     * @param cost a token at this price, 0 at 1
     */
    public record Found(double price, double cost) {}

    /**
     * @param share that may be spent, in (0, 1)
     * @param most runs that may be made, at least 1
     */
    public PriceSearch(double share, int most) {
        this.share = share;
        this.most = most;
    }

    /** Searches from a first price. */
    public Found from(double first, Trial trial) {
        Bracket bracket = new Bracket(share);
        double at = logit(inside(first));
        for (int run = 0; run < most; run++) {
            Met met = trial.at(PathTerms.sigmoid(at));
            bracket.learn(at, met.cost());
            if (met.cost() <= share && met.cost() >= share * (1 - CLOSE)) {
                break;
            }
            at = bracket.next(logit(met.quantile(share)), run);
        }
        return Double.isNaN(bracket.dear)
                ? new Found(1, 0)
                : new Found(PathTerms.sigmoid(bracket.dear), bracket.dearCost);
    }

    /** Log odds of the highest price that costs too much and of the lowest that does not. */
    private static final class Bracket {
        private static final double STRIDE = 2;
        private static final double LEAST_COST = 1e-4;

        private final double share;
        private double cheap = Double.NaN;
        private double cheapCost;
        private double dear = Double.NaN;
        private double dearCost;

        Bracket(double share) {
            this.share = share;
        }

        void learn(double at, double cost) {
            if (cost > share && at >= dear) {
                return; // use does not fall everywhere; what kept the share stands
            }
            if (cost > share) {
                cheap = Double.isNaN(cheap) ? at : Math.max(cheap, at);
                cheapCost = cost;
            } else if (Double.isNaN(dear) || at < dear) {
                dear = at;
                dearCost = cost;
            }
        }

        double next(double quantile, int run) {
            if (Double.isNaN(dear)) {
                return quantile > cheap ? quantile : cheap + STRIDE;
            }
            if (Double.isNaN(cheap)) {
                return quantile < dear ? quantile : dear - STRIDE;
            }
            if (quantile > cheap && quantile < dear && run % 2 == 0) {
                return quantile;
            }
            double low = Math.log(Math.max(dearCost, LEAST_COST));
            double part = (Math.log(cheapCost) - Math.log(share)) / (Math.log(cheapCost) - low);
            return cheap + Math.max(0.1, Math.min(0.9, part)) * (dear - cheap);
        }
    }

    /** The quantile of what is met when nothing is asked for. */
    public double first(float[] difficulties) {
        return new Met(0, difficulties).quantile(share);
    }

    private static double logit(double price) {
        return Math.log(price / (1 - price));
    }

    private static double inside(double price) {
        return Math.max(LOWEST, Math.min(1 - 1e-6, price));
    }
}
