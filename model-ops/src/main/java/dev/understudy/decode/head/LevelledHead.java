package dev.understudy.decode.head;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskStep;

/**
 * The head in the form of the method's source: one network that is told the budget level and gives the log odds of
 * asking, u as it was cloned or learnt. Served by threshold it has one more price a level, found like the other head's.
 * Owned by the thread that steps the model.
 */
public final class LevelledHead implements AskHead {
    private final AskNetwork network;
    private final double[] told;
    private final AskLevels levels;
    private final float[] input;
    private final float[] work;

    /**
     * @param network reads {@link AskInput} and one input a told level
     * @param told ascending levels that it was trained with, the first one 0
     * @param levels prices of u at the levels above 0; a price of 0.5 serves u as trained
     */
    public LevelledHead(AskNetwork network, double[] told, AskLevels levels) {
        this.network = network;
        this.told = told;
        this.levels = levels;
        input = new float[network.inputs()];
        work = new float[network.units()];
    }

    public AskNetwork network() {
        return network;
    }

    /** Levels that it was trained with. */
    public double[] told() {
        return told;
    }

    public AskLevels levels() {
        return levels;
    }

    /** The same network with other prices. */
    public LevelledHead priced(AskLevels other) {
        return new LevelledHead(network, told, other);
    }

    @Override
    public int hiddenWidth() {
        return network.inputs() - AskInput.FIGURES - told.length;
    }

    @Override
    public void logits(AskStep step, float[] logits) {
        int from = network.inputs() - told.length;
        for (int i = 0; i < step.count(); i++) {
            AskInput.fill(step.scores(), i, step.position[i], input, 0);
            tell(told, step.level[i], input, from);
            double price = levels.priceLogit(step.level[i]);
            logits[i] = (float) (network.of(input, 0, work) - price);
        }
    }

    /**
     * Writes a level as shares of its two neighbours among the told ones: one at a level that was trained, a mixture
     * between two, the highest one above all.
     */
    public static void tell(double[] told, double level, float[] out, int at) {
        for (int l = 0; l < told.length; l++) {
            out[at + l] = 0;
        }
        int above = 0;
        while (above < told.length && told[above] < level) {
            above++;
        }
        if (above == told.length) {
            out[at + told.length - 1] = 1;
        } else if (above == 0) {
            out[at] = 1;
        } else {
            float part = (float) ((level - told[above - 1]) / (told[above] - told[above - 1]));
            out[at + above - 1] = 1 - part;
            out[at + above] = part;
        }
    }
}
