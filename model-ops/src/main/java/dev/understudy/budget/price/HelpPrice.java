package dev.understudy.budget.price;

/**
 * The difficulty that a position must exceed before the teacher is asked: a higher price, fewer asks.
 *
 * @param price in [0, 1), or negative for asking everywhere
 */
public record HelpPrice(double price) {
    /** Asks everywhere. */
    public static final HelpPrice ASK_ALWAYS = new HelpPrice(-1);

    public HelpPrice {
        if (!(price >= -1 && price < 1)) {
            throw new IllegalArgumentException("Cannot ask at price " + price
                    + ": expected [0, 1), or -1 for always. Take prices from PriceScale.price.");
        }
    }

    public boolean asksAlways() {
        return price < 0;
    }

    /** Whether a position of this difficulty, in [0, 1], is asked. */
    public boolean asks(double difficulty) {
        return difficulty > price;
    }

    /** The price of a bin of {@link PriceScale}. */
    public static HelpPrice ofBin(int bin) {
        return bin == PriceScale.ALWAYS_BIN ? ASK_ALWAYS : new HelpPrice(PriceScale.price(bin));
    }

    /** The bin of {@link PriceScale} that this price stands in. */
    public int bin() {
        return asksAlways() ? PriceScale.ALWAYS_BIN : PriceScale.bin(Math.min(1, price * 1.01));
    }
}
