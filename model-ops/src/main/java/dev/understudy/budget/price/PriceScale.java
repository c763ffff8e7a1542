package dev.understudy.budget.price;

/**
 * The prices that are told apart: 32 of them, each 1.33 times the one before, from 0.0001 to 0.75. Difficulties of a
 * trained student lie close to 0 (one minus its top probability), so equal steps would put most of them into one bin.
 */
public final class PriceScale {
    /** Number of bins of every histogram of prices. */
    public static final int BINS = 32;

    /** The bin of sequences that only asking everywhere gets right. */
    public static final int ALWAYS_BIN = 0;

    private static final int DECADES = 4;

    private PriceScale() {}

    /** The price of a bin, a difficulty in (0, 1). */
    public static double price(int bin) {
        if (bin < 0 || bin >= BINS) {
            throw new IllegalArgumentException("Cannot price bin " + bin + ": expected one in [0, " + (BINS - 1)
                    + "]. Take bins from PriceScale.bin.");
        }
        return Math.pow(10, -DECADES + (double) DECADES * bin / BINS);
    }

    /**
     * The highest bin whose price still gets a sequence right.
     *
     * @param needed the lowest difficulty among the positions where the student's choice differs from the teacher's, in
     *     [0, 1]; 1 when there is none
     */
    public static int bin(double needed) {
        if (!(needed >= 0 && needed <= 1)) {
            throw new IllegalArgumentException(
                    "Cannot find the bin of difficulty " + needed + ": expected [0, 1]. Normalise the difficulty.");
        }
        int bin = BINS - 1;
        // A position is asked when its difficulty exceeds the price, so the price must lie below.
        while (bin > ALWAYS_BIN && price(bin) >= needed) {
            bin--;
        }
        return bin;
    }
}
