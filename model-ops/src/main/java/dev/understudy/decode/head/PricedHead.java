package dev.understudy.decode.head;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskStep;

/**
 * The default head: one estimate of what an ask is worth, and one price a budget level. It never reads the budget
 * itself, so use cannot fall when the budget rises.
 *
 * <pre>
 *     worth = e(h) · exp(-m(h) / 2) · Π (1 - e)          over the student's own tokens so far
 *     logit u = logit(worth) - logit(price of the level)
 * </pre>
 *
 * <p>e(h), the doubt, is the probability that the student's next token is not the teacher's; m(h) is how many further
 * tokens it would get wrong alone. So the worth is the probability that the text is right so far, that this token alone
 * would spoil it, and that the rest comes out right: it is identity (4) of the specification of learned asking,
 * {@code logit u = [KL + E_{p_T} V - E_q V - λ] / κ_a}, with the value of a state being the probability that its
 * sequence ends right instead of a sum of divergences. Half of m, because at any sensible price about every second of
 * these tokens is asked for when it comes (0.25 to 0.75 measure alike). What it buys is a choice among sequences: a
 * student that is wrong twice in most answers spends on those that one ask can still save.
 *
 * <p>Owned by the thread that steps the model.
 */
public final class PricedHead implements AskHead {
    private static final double REPAIR = 0.5;
    /** A probability of 1 would make every later token worthless for ever. */
    private static final double LARGEST_DOUBT = 0.9999;

    private final AskNetwork doubt;
    private final AskNetwork remaining;
    private final AskLevels levels;
    private final float[] input;
    private final float[] work;

    /**
     * @param doubt log odds that the student's token is not the teacher's
     * @param remaining expected number of such tokens after this one; below 0 counts as 0
     */
    public PricedHead(AskNetwork doubt, AskNetwork remaining, AskLevels levels) {
        if (doubt.inputs() != remaining.inputs()) {
            throw new IllegalArgumentException("The ask head's networks read " + doubt.inputs() + " and "
                    + remaining.inputs() + " inputs; expected equally many. Train it again.");
        }
        this.doubt = doubt;
        this.remaining = remaining;
        this.levels = levels;
        input = new float[doubt.inputs()];
        work = new float[Math.max(doubt.units(), remaining.units())];
    }

    public AskNetwork doubt() {
        return doubt;
    }

    public AskNetwork remaining() {
        return remaining;
    }

    public AskLevels levels() {
        return levels;
    }

    /** The same networks with other prices. */
    public PricedHead priced(AskLevels other) {
        return new PricedHead(doubt, remaining, other);
    }

    @Override
    public int hiddenWidth() {
        return doubt.inputs() - AskInput.FIGURES;
    }

    @Override
    public void logits(AskStep step, float[] logits) {
        for (int i = 0; i < step.count(); i++) {
            AskInput.fill(step.scores(), i, step.position[i], input, 0);
            double ofDoubt = doubt.of(input, 0, work);
            double after = remaining.of(input, 0, work);
            step.doubt[i] = doubt(ofDoubt);
            double worth = worth(ofDoubt, after, step.survival[i]);
            logits[i] = (float) (logitOfLog(worth) - levels.priceLogit(step.level[i]));
        }
    }

    /** e, from the first network's output; at most {@value #LARGEST_DOUBT}. */
    public static double doubt(double output) {
        return Math.min(LARGEST_DOUBT, 1 / (1 + Math.exp(-output)));
    }

    /**
     * Natural logarithm of the worth of an ask, at most 0.
     *
     * @param ofDoubt output of the first network, log odds
     * @param after output of the second network, tokens
     * @param survival natural logarithm of Π (1 - e) over the own tokens so far
     */
    public static double worth(double ofDoubt, double after, double survival) {
        double logDoubt = ofDoubt < 0 ? ofDoubt - Math.log1p(Math.exp(ofDoubt)) : -Math.log1p(Math.exp(-ofDoubt));
        return logDoubt - REPAIR * Math.max(0, after) + survival;
    }

    /** Log odds of a probability given by its natural logarithm. */
    private static double logitOfLog(double logarithm) {
        return logarithm - Math.log(-Math.expm1(Math.min(logarithm, -1e-12)));
    }
}
