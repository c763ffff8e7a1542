package dev.understudy.budget.control;

/**
 * How often the student disagrees with the teacher on live traffic, from the sequences that the teacher saw whole: sums
 * of a Horvitz-Thompson estimate (Horvitz, Thompson: A Generalization of Sampling Without Replacement From a Finite
 * Universe, JASA 1952, section 3; variance under independent draws after Särndal, Swensson, Wretman 1992, 2.8.2). A
 * sequence i has been seen with the propensity p_i that was recorded: 1 where the student asked and the teacher read
 * the rest, else the audit share. It disagrees, y_i = 1, when some token that the student wrote is not the teacher's
 * most probable one. All figures are totals that only grow.
 *
 * @param sequences finished sequences whose propensity is above 0
 * @param due sum of 1 / p_i over those that were drawn to be seen
 * @param seen the same over those that were then seen; a look that nobody could pay for is due and not seen
 * @param disagreed sum of y_i / p_i over those seen
 * @param squares sum of y_i (1 - p_i) / p_i^2 over those seen: the estimated variance
 * @param heaviest largest 1 / p_i of all
 */
public record SightSums(long sequences, double due, double seen, double disagreed, double squares, double heaviest) {
    /** Nothing yet. */
    public static final SightSums NONE = new SightSums(0, 0, 0, 0, 0, 0);

    /** Counts a finished sequence that was not drawn. */
    public SightSums unseen() {
        return new SightSums(sequences + 1, due, seen, disagreed, squares, heaviest);
    }

    /** Counts a finished sequence that was drawn and could not be shown. */
    public SightSums missed(double propensity) {
        return new SightSums(
                sequences + 1, due + 1 / propensity, seen, disagreed, squares, Math.max(heaviest, 1 / propensity));
    }

    /** Counts a finished sequence that was seen whole. */
    public SightSums seen(double propensity, Verdict verdict) {
        double weight = 1 / propensity;
        double wrong = verdict == Verdict.DISAGREES ? 1 : 0;
        return new SightSums(
                sequences + 1,
                due + weight,
                seen + weight,
                disagreed + wrong * weight,
                squares + wrong * (1 - propensity) * weight * weight,
                Math.max(heaviest, weight));
    }

    /** What a whole look shows. */
    public enum Verdict {
        AGREES,
        DISAGREES
    }

    /** Both together. */
    public SightSums plus(SightSums other) {
        return new SightSums(
                sequences + other.sequences,
                due + other.due,
                seen + other.seen,
                disagreed + other.disagreed,
                squares + other.squares,
                Math.max(heaviest, other.heaviest));
    }

    /**
     * The fraction of sequences that agree, with a 90 % interval: that of Wilson (Probable Inference, the Law of
     * Succession, and Statistical Inference, JASA 1927) for as many plain draws as would have the same variance. One
     * more disagreement of the largest weight is counted into the variance than was seen: few audits without a
     * disagreement prove little.
     */
    public AgreementEstimate agreement() {
        if (seen <= 0) {
            return AgreementEstimate.UNKNOWN;
        }
        // Looks that could not be paid are taken to be like those that could.
        double population = sequences * seen / due;
        double rate = clip(disagreed / population);
        double variance = (squares + heaviest * (heaviest - 1)) / (population * population);
        double spread = Math.max(rate, heaviest / population);
        double draws = variance <= 0 ? population : Math.min(population, spread * (1 - spread) / variance);
        if (!(draws > 0)) {
            return new AgreementEstimate(1 - rate, 0, 1);
        }
        double z2 = AgreementEstimate.Z * AgreementEstimate.Z / draws;
        double middle = (rate + z2 / 2) / (1 + z2);
        double half = AgreementEstimate.Z * Math.sqrt(rate * (1 - rate) / draws + z2 / (4 * draws)) / (1 + z2);
        return new AgreementEstimate(1 - rate, clip(1 - middle - half), clip(1 - middle + half));
    }

    private static double clip(double fraction) {
        return Math.max(0, Math.min(1, fraction));
    }
}
