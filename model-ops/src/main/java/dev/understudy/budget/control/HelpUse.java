package dev.understudy.budget.control;

/**
 * What the completions of one workload have used, as totals that only grow.
 *
 * @param outputTokens tokens of all completions
 * @param maskedTokens positions among them at which help was wanted and not given
 * @param teacherTokens tokens among them that the teacher wrote
 * @param microDollars cost of all calls for them, audits and closing looks included
 * @param waitedMillis milliseconds that sequences waited for the teacher
 */
public record HelpUse(long outputTokens, long maskedTokens, long teacherTokens, long microDollars, long waitedMillis) {
    /** Nothing yet. */
    public static final HelpUse NONE = new HelpUse(0, 0, 0, 0, 0);

    public HelpUse {
        boolean counts = maskedTokens >= 0 && teacherTokens >= 0 && microDollars >= 0 && waitedMillis >= 0;
        if (!counts || maskedTokens + teacherTokens > outputTokens) {
            throw new IllegalArgumentException("Cannot count help of " + teacherTokens + " teacher tokens and "
                    + maskedTokens + " masked of " + outputTokens + " tokens, " + microDollars + " micro-dollars, "
                    + waitedMillis + " ms: expected none below 0 and no more than written. Discard the record.");
        }
    }

    /** Both together. */
    public HelpUse plus(HelpUse other) {
        return new HelpUse(
                outputTokens + other.outputTokens,
                maskedTokens + other.maskedTokens,
                teacherTokens + other.teacherTokens,
                microDollars + other.microDollars,
                waitedMillis + other.waitedMillis);
    }

    /** What came since {@code earlier}; nothing where that is younger. */
    HelpUse since(HelpUse earlier) {
        return outputTokens < earlier.outputTokens
                ? NONE
                : new HelpUse(
                        outputTokens - earlier.outputTokens,
                        maskedTokens - earlier.maskedTokens,
                        teacherTokens - earlier.teacherTokens,
                        microDollars - earlier.microDollars,
                        waitedMillis - earlier.waitedMillis);
    }
}
