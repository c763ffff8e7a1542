package dev.understudy.budget.control;

import java.io.Serializable;

/**
 * How the price follows a wanted use of the teacher.
 *
 * @param floor least price, in [0, 1)
 * @param ceiling largest price, in (floor, 1)
 * @param everyTokens completion tokens between two moves of a price, at least 1
 * @param horizonTokens completion tokens within which too much or too little use is made good, at least
 *     {@code everyTokens}
 */
public record UseControl(double floor, double ceiling, long everyTokens, long horizonTokens) implements Serializable {
    /** Prices from 0.01 to 0.99, moved every 256 tokens, errors made good within 2,048. */
    public static final UseControl DEFAULT = new UseControl(0.01, 0.99, 256, 2_048);

    public UseControl {
        if (!(floor >= 0 && floor < ceiling && ceiling < 1)) {
            throw new IllegalArgumentException("budget.price.floor is " + floor + " and budget.price.ceiling is "
                    + ceiling + "; expected 0 <= floor < ceiling < 1. Correct them.");
        }
        if (everyTokens < 1 || horizonTokens < everyTokens) {
            throw new IllegalArgumentException("budget.price.every-tokens is " + everyTokens
                    + " and budget.price.horizon-tokens is " + horizonTokens
                    + "; expected 1 <= every-tokens <= horizon-tokens. Correct them.");
        }
    }
}
