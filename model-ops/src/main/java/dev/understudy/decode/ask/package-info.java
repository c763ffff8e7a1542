/**
 * When the student asks: the policies, what scores a step for them, and the price that a difficulty is held against.
 * Decoding asks here once a step for all rows; the controller in {@code budget.price} moves the prices. Entry type
 * {@link dev.understudy.decode.ask.AskPolicy}.
 */
@NullMarked
package dev.understudy.decode.ask;

import org.jspecify.annotations.NullMarked;
