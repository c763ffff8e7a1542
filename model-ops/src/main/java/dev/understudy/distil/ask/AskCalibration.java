package dev.understudy.distil.ask;

import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.path.PathTerms;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Finds the price of each budget level on evidence that a head was not trained on, by replaying its decisions along
 * texts that follow the teacher: what was asked for is right, what was not is the student's own. A budget is a share of
 * all tokens of the traffic, expected over prompts and never a promise for a single answer: answers of twenty tokens
 * could not ask at all under 2 %.
 */
public final class AskCalibration {
    private static final double LOWEST_LOGIT = -20;
    private static final double HIGHEST_LOGIT = 20;
    private static final int HALVINGS = 40;
    private static final double LOST = -50;

    private final List<AskEvidence> evidence;
    private final double floor;

    /**
     * What a replay came to.
     *
     * @param use asks per token
     * @param right fraction of sequences whose every difference was asked for
     */
    public record Outcome(double use, double right) {}

    /** @param floor nats of regret above which a token counts as different */
    public AskCalibration(List<AskEvidence> evidence, double floor) {
        this.evidence = List.copyOf(evidence);
        this.floor = floor;
    }

    /** Prices of a head at ascending levels. */
    public AskLevels levels(PricedHead head, double[] levels) {
        double[][][] outputs = outputs(head);
        return levels(levels, logit -> replay(outputs, logit).use());
    }

    /** What a head does at a price. */
    public Outcome replay(PricedHead head, double price) {
        return replay(outputs(head), logitOf(price));
    }

    private static AskLevels levels(double[] levels, DoubleUnaryOperator useAt) {
        double[] prices = new double[levels.length];
        double[] use = new double[levels.length];
        for (int l = 0; l < levels.length; l++) {
            double logit = price(levels[l], useAt);
            prices[l] = PathTerms.sigmoid(logit);
            use[l] = useAt.applyAsDouble(logit);
        }
        return new AskLevels(levels, prices, use);
    }

    /** Lowest price, as log odds, at which the use is at most the level. */
    private static double price(double level, DoubleUnaryOperator useAt) {
        double low = LOWEST_LOGIT;
        double high = HIGHEST_LOGIT;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            boolean much = useAt.applyAsDouble(middle) > level;
            low = much ? middle : low;
            high = much ? high : middle;
        }
        return high;
    }

    /** [sequence][position][doubt, remaining]: outputs of the two networks, which no price changes. */
    private double[][][] outputs(PricedHead head) {
        float[] work = new float[Math.max(head.doubt().units(), head.remaining().units())];
        double[][][] outputs = new double[evidence.size()][][];
        for (int s = 0; s < outputs.length; s++) {
            float[][] inputs = evidence.get(s).inputs();
            outputs[s] = new double[inputs.length][2];
            for (int t = 0; t < inputs.length; t++) {
                outputs[s][t][0] = head.doubt().of(inputs[t], 0, work);
                outputs[s][t][1] = head.remaining().of(inputs[t], 0, work);
            }
        }
        return outputs;
    }

    /** [levels, sequences] asks in each sequence at the price of each of the head's levels. */
    public int[][] asks(PricedHead head) {
        double[][][] outputs = outputs(head);
        double[] prices = head.levels().prices();
        int[][] asks = new int[prices.length][outputs.length];
        for (int l = 0; l < prices.length; l++) {
            double least = PathTerms.logSigmoid(logitOf(prices[l]));
            for (int s = 0; s < outputs.length; s++) {
                asks[l][s] = replay(outputs[s], evidence.get(s), least).asks();
            }
        }
        return asks;
    }

    private Outcome replay(double[][][] outputs, double priceLogit) {
        double least = PathTerms.logSigmoid(priceLogit);
        long asks = 0;
        long tokens = 0;
        int right = 0;
        for (int s = 0; s < outputs.length; s++) {
            Replayed replayed = replay(outputs[s], evidence.get(s), least);
            asks += replayed.asks();
            tokens += outputs[s].length;
            right += replayed.right() ? 1 : 0;
        }
        return new Outcome((double) asks / tokens, (double) right / outputs.length);
    }

    private record Replayed(int asks, boolean right) {}

    private Replayed replay(double[][] outputs, AskEvidence sequence, double least) {
        int asks = 0;
        double survival = 0;
        boolean good = true;
        for (int t = 0; t < outputs.length; t++) {
            double[] output = outputs[t];
            if (PricedHead.worth(output[0], output[1], survival) > least) {
                asks++;
                // the teacher reads on from its last look, and so knows whether the text is still right
                survival = good ? 0 : LOST;
            } else {
                survival += Math.log1p(-PricedHead.doubt(output[0]));
                good &= !sequence.differs(t, floor);
            }
        }
        return new Replayed(asks, good);
    }

    private static double logitOf(double probability) {
        return Math.log(probability / (1 - probability));
    }
}
