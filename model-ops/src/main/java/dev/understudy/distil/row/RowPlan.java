package dev.understudy.distil.row;

/**
 * Settings of stage 1 of the vocabulary form: behaviour cloning with a difficulty floor.
 *
 * @param floor nats of difficulty below which no position is worth an ask, at least 0
 * @param randomShare part of a budget that is spent at random positions, in [0, 1): asks that no difficulty explains
 *     keep u alive everywhere
 * @param epochs passes over the examples, each with other budgets, at least 1
 * @param batch sequences of a step, at least 1
 * @param learningRate peak rate of AdamW, above 0
 * @param seed of order, budgets and random asks
 */
public record RowPlan(double floor, double randomShare, int epochs, int batch, double learningRate, long seed) {
    public RowPlan {
        if (!(floor >= 0 && randomShare >= 0 && randomShare < 1 && learningRate > 0) || epochs < 1 || batch < 1) {
            throw new IllegalArgumentException("The ask token is learnt with floor " + floor + " nats, random share "
                    + randomShare + ", rate " + learningRate + ", " + epochs + " epochs of batches of " + batch
                    + "; expected at least 0, in [0, 1), above 0, and at least 1.");
        }
    }

    /** Floor 0.3 nats, a tenth at random, 6 epochs of batches of 16, peak rate 7e-4. */
    public static RowPlan defaults() {
        return new RowPlan(0.3, 0.1, 6, 16, 7e-4, 1);
    }

    /** The same with another seed. */
    public RowPlan withSeed(long other) {
        return new RowPlan(floor, randomShare, epochs, batch, learningRate, other);
    }
}
