package dev.understudy.distil.path;

/**
 * The price λ of an ask under one budget, in nats, moved by dual ascent on the constraint "asks per output token at
 * most b": Lagrangian relaxation, as Liu et al. 2025 (arXiv 2502.17717) do it; step and averages are ours.
 *
 * <p>Fed with use of the student's own roll-outs only: what another policy or an older student spent says nothing about
 * this one, and positions at which it was not allowed to ask count neither as use nor as output. The constraint is a
 * count against a fixed allowance, never a ratio inside the reward: that would pay for every own token and teach the
 * student to pad. Owned by one thread.
 */
public final class AskMultiplier {
    private final double budget;
    private final Bounds bounds;
    private double price;
    private double use;
    private boolean observed;

    /**
     * Where the price may go and how fast the measured use follows.
     *
     * @param floor lowest price, in nats, at least 0
     * @param ceiling highest price, in nats, above the floor
     * @param memory part of the earlier average that stays at each observation, in [0, 1)
     */
    public record Bounds(double floor, double ceiling, double memory) {
        /** 0 to 10 nats, no memory. */
        public static final Bounds WIDE = new Bounds(0, 10, 0);

        public Bounds {
            if (!(floor >= 0 && ceiling > floor && memory >= 0 && memory < 1)) {
                throw new IllegalArgumentException("distil.pcl.price has floor " + floor + ", max " + ceiling
                        + " and memory " + memory + "; expected 0 <= floor < max and memory in [0, 1).");
            }
        }
    }

    /** How a price binds. */
    public enum Constraint {
        /** Every ask is priced: a high price drives asks to zero, the budget is met at one price only. */
        LINEAR,
        /** Only asks beyond the allowance are priced: a high price drives the overdraft to zero, not the asks. */
        HINGE;

        /**
         * Price of the next ask.
         *
         * @param multiplier λ
         * @param asked asks of the sequence so far
         * @param allowance asks that the budget allows the sequence
         */
        public double price(double multiplier, int asked, int allowance) {
            return this == LINEAR || asked >= allowance ? multiplier : 0;
        }
    }

    /**
     * @param budget b, asks per output token, in [0, 1]
     * @param price where to begin, in nats, within the bounds
     */
    public AskMultiplier(double budget, double price, Bounds bounds) {
        if (!(budget >= 0 && budget <= 1)) {
            throw new IllegalArgumentException("A budget level is " + budget
                    + "; expected asks per output token, from 0 to 1. Correct budget.prompt.levels.");
        }
        this.budget = budget;
        this.bounds = bounds;
        this.price = clip(price);
    }

    /**
     * Takes in what the student's own roll-outs spent.
     *
     * @param asks asks of them
     * @param tokens output tokens of them at which it was free to ask; nothing happens at 0
     */
    public void observe(double asks, double tokens) {
        if (tokens <= 0) {
            return;
        }
        double seen = asks / tokens;
        use = observed ? bounds.memory * use + (1 - bounds.memory) * seen : seen;
        observed = true;
    }

    /** One step of dual ascent: λ ← clip(λ + step (use - b)); nothing before the first observation. */
    public void ascend(double step) {
        if (observed) {
            price = clip(price + step * (use - budget));
        }
    }

    /** λ in nats. */
    public double price() {
        return price;
    }

    /** Moving average of asks per output token; 0 before the first observation. */
    public double use() {
        return use;
    }

    /** b. */
    public double budget() {
        return budget;
    }

    /**
     * Price at which a student that could imitate its teacher fully would spend exactly b: κ_a log((1 - b) / b). A
     * start for others, who end well above it.
     */
    public static double ofFullCapacity(double budget, double kappaAsk) {
        return kappaAsk * Math.log((1 - budget) / budget);
    }

    private double clip(double value) {
        return Math.max(bounds.floor, Math.min(bounds.ceiling, value));
    }
}
