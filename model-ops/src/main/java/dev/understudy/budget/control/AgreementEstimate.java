package dev.understudy.budget.control;

/**
 * Fraction of live sequences on which the student's own tokens are the teacher's, as estimated from those seen whole.
 *
 * @param value the estimate, in [0, 1]
 * @param low lower end of its 90 % interval
 * @param high upper end
 */
public record AgreementEstimate(double value, double low, double high) {
    /** Two-sided 90 % of a normal law. */
    static final double Z = 1.6448536;

    /** Nothing was seen. */
    public static final AgreementEstimate UNKNOWN = new AgreementEstimate(Double.NaN, 0, 1);
}
