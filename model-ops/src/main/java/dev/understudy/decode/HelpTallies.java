package dev.understudy.decode;

import dev.understudy.budget.control.HelpUse;
import dev.understudy.budget.control.SightSums;
import dev.understudy.budget.control.WorkloadTallies;
import dev.understudy.decode.ask.AskPrices;

/**
 * Counts finished sequences for the controller of prices: what they used, how difficult their tokens were, and what the
 * teacher showed of those that it saw whole. Owned by the task thread.
 */
public final class HelpTallies {
    private final WorkloadTallies tallies;
    private final AskPrices prices;

    /**
     * @param tallies counted into
     * @param prices those that the sequences were decoded at
     */
    public HelpTallies(WorkloadTallies tallies, AskPrices prices) {
        this.tallies = tallies;
        this.prices = prices;
    }

    /**
     * Counts a finished sequence. Only sequences that were seen whole for a reason that has nothing to do with their
     * difficulty say what a price is worth: audits, and those of a workload that asks everywhere.
     */
    public void finished(FinishedSequence finished) {
        SequenceSnapshot sequence = finished.sequence();
        String tenant = sequence.prompt().tenant();
        String workload = sequence.prompt().workload();
        WrittenTokens written = sequence.written();
        HelpUsed help = sequence.help();
        tallies.finished(tenant, workload, sequence.version(), use(written, help), written.difficulty());
        // A position at which help was refused says nothing about what a price is worth.
        if (written.size() > 0 && help.masked() == 0 && finished.sight().propensity() > 0) {
            tallies.looked(tenant, workload, sequence.version(), sight(finished.sight(), written));
        }
        boolean askedEverywhere = help.teacherTokens() == written.size()
                && prices.price(tenant, workload, sequence.version()) == AskPrices.ASK_ALWAYS;
        if (written.seenWhole() && (finished.audited() || askedEverywhere)) {
            tallies.seenWhole(tenant, workload, sequence.version(), written.priceNeeded());
        }
    }

    private static HelpUse use(WrittenTokens written, HelpUsed help) {
        // A refused wish at which the sequence was ended has no token.
        int masked = Math.min(help.masked(), written.size() - help.teacherTokens());
        return new HelpUse(
                written.size(),
                masked,
                help.teacherTokens(),
                help.outlay().microDollars(),
                help.outlay().waitedMillis());
    }

    private static SightSums sight(FinishedSequence.Sight sight, WrittenTokens written) {
        if (!sight.due()) {
            return SightSums.NONE.unseen();
        } else if (!written.seenWhole()) {
            return SightSums.NONE.missed(sight.propensity());
        }
        return SightSums.NONE.seen(
                sight.propensity(), written.disagrees() ? SightSums.Verdict.DISAGREES : SightSums.Verdict.AGREES);
    }
}
