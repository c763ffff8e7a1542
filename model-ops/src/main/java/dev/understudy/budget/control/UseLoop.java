package dev.understudy.budget.control;

import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.price.DifficultyScale;
import java.util.Arrays;

/** The loop that holds one workload at a wanted use of the teacher. Not thread-safe: owned by the task thread. */
final class UseLoop {
    /*
     * Dual ascent on the constraint "use <= wanted use", where the multiplier lives in the space of quantiles: the share
     * of tokens that is asked for is wanted use plus the error that is still to be made good, and the price is the
     * quantile of the latest difficulties that asks for that share. Every token tells its difficulty, asked or not, so
     * the quantile is known after a few hundred tokens and follows a change of the traffic without a single ask; the
     * multiplier only has to correct what the histogram says wrongly, and what was used meanwhile. Ascent on the price
     * itself (price += step * error) needs tens of thousands of tokens to find a share of 2 %.
     *
     * The integral is leaky (errors older than some windows are forgiven) and stands still while the price is at its
     * floor or ceiling and the error would push it further (anti-windup), and no position counts at which help was
     * refused: use is judged on unmasked positions.
     *
     * Between a move and its effect lie about two Flink checkpoints. Where traffic is so fast that many tokens pass
     * meanwhile, the horizon grows with them, else the loop would answer its own echo.
     */
    private static final double MEMORY_TOKENS = 2_048;
    private static final double PRIOR_TOKENS = 128;
    private static final double FORGIVEN_TOKENS = 8_192;
    private static final double MOVES_OF_DELAY = 8;
    /** Use is turned into asks by the cost of one; as long as this many were not seen, nothing is known about it. */
    private static final double LEAST_ASKS = 8;

    private static final double UNKNOWN_SHARE = 0.1;

    private final UseControl control;
    private final double[] difficulties = new double[DifficultyScale.BINS];
    private HelpUse waiting = HelpUse.NONE;
    private double error;
    private double recentTokens;
    private double recentAsks;
    private double recentMicroDollars;
    private double recentMillis;
    private double tokensOfAMove;
    private double price = Double.NaN;

    UseLoop(UseControl control) {
        this.control = control;
        // Log-uniform over four decades, as difficulties of trained students roughly are, until there are real ones.
        for (int i = 0; i < PRIOR_TOKENS; i++) {
            difficulties[DifficultyScale.bin(Math.pow(10, -4 * (i + 0.5) / PRIOR_TOKENS))]++;
        }
    }

    /** Goes on from a price that was set before. */
    void resume(double earlier) {
        price = earlier;
    }

    /**
     * Takes what came since the last call.
     *
     * @param counts [{@link DifficultyScale#BINS}] tokens by difficulty
     */
    void see(HelpUse use, double[] counts) {
        waiting = waiting.plus(use);
        double remembered = Math.exp(-use.outputTokens() / FORGIVEN_TOKENS);
        recentTokens = recentTokens * remembered + use.outputTokens();
        recentAsks = recentAsks * remembered + use.teacherTokens();
        recentMicroDollars = recentMicroDollars * remembered + use.microDollars();
        recentMillis = recentMillis * remembered + use.waitedMillis();
        double tokens = Arrays.stream(counts).sum();
        double kept = Math.exp(-tokens / MEMORY_TOKENS);
        // A long past that comes at once, after a restart, must not outweigh what follows.
        double weight = tokens > MEMORY_TOKENS ? MEMORY_TOKENS / tokens : 1;
        for (int bin = 0; bin < counts.length; bin++) {
            difficulties[bin] = difficulties[bin] * kept + counts[bin] * weight;
        }
    }

    /** The price now; moved when enough tokens have come. */
    double move(HelpTarget target) {
        if (Double.isNaN(price)) {
            price = priceFor(target);
        }
        if (waiting.outputTokens() >= control.everyTokens()) {
            settle(target, waiting);
            waiting = HelpUse.NONE;
            price = priceFor(target);
        }
        return price;
    }

    private void settle(HelpTarget target, HelpUse use) {
        double tokens = use.outputTokens();
        double unmasked = tokens - use.maskedTokens();
        tokensOfAMove = tokensOfAMove == 0 ? tokens : 0.75 * tokensOfAMove + 0.25 * tokens;
        double wanted = wanted(target);
        double more = wanted * unmasked - used(target, use);
        boolean stuck = more > 0 ? price <= control.floor() : price >= control.ceiling();
        error *= Math.exp(-tokens / FORGIVEN_TOKENS);
        if (!stuck) {
            double most = wanted * horizon();
            error = Math.max(-most, Math.min(most, error + more));
        }
    }

    private double priceFor(HelpTarget target) {
        double rate = Math.max(0, wanted(target) + error / horizon());
        double share = Math.min(1, rate / unitsOfAnAsk(target));
        return Math.max(control.floor(), Math.min(control.ceiling(), DifficultyScale.price(difficulties, share)));
    }

    private double horizon() {
        return Math.max(control.horizonTokens(), MOVES_OF_DELAY * tokensOfAMove);
    }

    /** Units of the target that one token of the teacher's costs, with all that comes along. */
    private double unitsOfAnAsk(HelpTarget target) {
        if (target instanceof HelpTarget.Share) {
            return 1;
        }
        double recentUse = target instanceof HelpTarget.Spend ? recentMicroDollars : recentMillis;
        return recentAsks < LEAST_ASKS || recentUse <= 0 ? wanted(target) / UNKNOWN_SHARE : recentUse / recentAsks;
    }

    /** Wanted units a completion token. */
    private static double wanted(HelpTarget target) {
        if (target instanceof HelpTarget.Share share) {
            return share.share();
        } else if (target instanceof HelpTarget.Spend spend) {
            return spend.microDollars() / 1_000;
        } else if (target instanceof HelpTarget.Delay delay) {
            return delay.millis() / 1_000;
        }
        throw new IllegalStateException("[BUG] no use is wanted by " + target);
    }

    private static double used(HelpTarget target, HelpUse use) {
        if (target instanceof HelpTarget.Share) {
            return use.teacherTokens();
        }
        return target instanceof HelpTarget.Spend ? use.microDollars() : use.waitedMillis();
    }

    /** Teacher tokens a completion token of late, in [0, 1]. */
    double recentShare() {
        return recentTokens == 0 ? 0 : recentAsks / recentTokens;
    }
}
