package dev.understudy.budget.control;

import dev.understudy.budget.price.HelpPrice;
import dev.understudy.budget.price.PriceScale;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loop that holds one workload at a wanted agreement with as few asks as possible. Not thread-safe: owned by the
 * task thread.
 *
 * <p>A workload is asked everywhere until 40 sequences were seen whole under the serving version and some price reaches
 * the target on them, and again when the latest audits say that the target is missed. Asking everywhere costs budget
 * and stays within it.
 */
final class QualityLoop {
    /*
     * Why not a fixed price: a student that is confidently wrong on something new does not ask by itself. Why the exact
     * binomial bound: at 40 audits and a target of 0.98 the normal approximation is off by more than one failure. The
     * upper 90 % bound (Clopper and Pearson 1934) lies below the target exactly when seeing so few successes had a
     * probability below 0.1 at the target, which needs no inverse.
     */
    static final int MINIMUM_SEQUENCES = 40;
    private static final int ALARM_MINIMUM = 10;
    private static final double ALARM_LEVEL = 0.1;
    /** A price of 0.01: the highest one that follows on asking everywhere at once. */
    private static final int ENTRY_BIN = 16;
    /** A factor of 3.2 in price. */
    private static final int STEP_BINS = 4;

    private final Duration stepInterval;
    private final NeededPrices needed = new NeededPrices();
    private int bin = PriceScale.ALWAYS_BIN;
    /** What the sequences that come in were decoded at; unknown, and then the lowest, at the start of a version. */
    private int inForce = PriceScale.ALWAYS_BIN;
    /** Null until the first move under the serving version. */
    private @Nullable Instant raised;

    /** @param stepInterval the least time between two steps upward */
    QualityLoop(Duration stepInterval) {
        this.stepInterval = stepInterval;
    }

    HelpPrice price() {
        return HelpPrice.ofBin(bin);
    }

    /**
     * The price that another version would begin with.
     *
     * @param curve the gate's count of sequences by the bin of the price they needed; null when it has none
     */
    HelpPrice priceFrom(@Nullable List<Long> curve, double target) {
        NeededPrices other = new NeededPrices();
        if (curve != null) {
            other.carryOver(curve);
        }
        return HelpPrice.ofBin(first(other, target));
    }

    /** Starts under a new serving version; {@link #see} then brings what is known about it already. */
    void forget() {
        raised = null;
        inForce = PriceScale.ALWAYS_BIN;
        needed.clear();
    }

    /** Ends the start: goes on from what is known about the version, or from a price that was set for it before. */
    void begin(@Nullable List<Long> curve, @Nullable HelpPrice earlier, double target) {
        if (curve != null) {
            needed.carryOver(curve);
        }
        bin = earlier == null ? first(needed, target) : earlier.bin();
        inForce = bin;
    }

    private int first(NeededPrices known, double target) {
        int highest = Math.max(ENTRY_BIN, bin + STEP_BINS);
        return known.total() >= MINIMUM_SEQUENCES ? Math.min(highest, known.best(target)) : PriceScale.ALWAYS_BIN;
    }

    void see(int priceBin, long sequences) {
        needed.add(priceBin, sequences, inForce);
    }

    void move(double target, Instant now) {
        step(target, now);
        inForce = bin;
    }

    private void step(double target, Instant now) {
        Instant lastRaised = raised == null ? now : raised;
        raised = lastRaised;
        if (bin != PriceScale.ALWAYS_BIN && missesTarget(target)) {
            bin = PriceScale.ALWAYS_BIN;
            // What was seen before the alarm is what misled the price.
            needed.clear();
            return;
        }
        if (needed.total() < MINIMUM_SEQUENCES) {
            return;
        }
        int best = needed.best(target);
        if (bin == PriceScale.ALWAYS_BIN) {
            bin = Math.min(best, ENTRY_BIN);
            raised = now;
        } else if (best < bin) {
            // Down to asking everywhere only by the alarm: a few failures above the bound are no reason to.
            bin = Math.max(PriceScale.ALWAYS_BIN + 1, Math.max(best, bin - STEP_BINS));
        } else if (best > bin && !now.isBefore(lastRaised.plus(stepInterval))) {
            bin = Math.min(best, bin + STEP_BINS);
            raised = now;
        }
    }

    private boolean missesTarget(double target) {
        int audits = needed.recent();
        return audits >= ALARM_MINIMUM && atMost(needed.recentRight(bin), audits, target) < ALARM_LEVEL;
    }

    /** Probability of at most {@code successes} in {@code trials} at this chance of success. */
    static double atMost(int successes, int trials, double chance) {
        double sum = 0;
        for (int k = 0; k <= successes; k++) {
            double term = Math.pow(chance, k) * Math.pow(1 - chance, trials - k);
            for (int i = 1; i <= k; i++) {
                term *= (double) (trials - k + i) / i;
            }
            sum += term;
        }
        return sum;
    }
}
