package dev.understudy.workload;

/**
 * How hard the lines are.
 *
 * @param typoRate probability that an eligible word is misspelt, in [0, 1]
 * @param hard whether corrections ("not 3 but 5"), cases-of quantities and next-week dates occur
 * @param amountDigits most digits of an amount, cents included, 5 to 9
 */
public record Knobs(double typoRate, boolean hard, int amountDigits) {
    /** The demo's settings. */
    public static final Knobs DEFAULT = new Knobs(0.05, true, 7);

    public Knobs {
        if (!(typoRate >= 0 && typoRate <= 1) || amountDigits < 5 || amountDigits > 9) {
            throw new IllegalArgumentException("Workload knobs are out of range: typoRate=" + typoRate
                    + " (expected 0 to 1) amountDigits=" + amountDigits + " (expected 5 to 9).");
        }
    }
}
