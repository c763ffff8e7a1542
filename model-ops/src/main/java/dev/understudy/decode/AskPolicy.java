package dev.understudy.decode;

import java.io.Serializable;

/**
 * Whether the student asks the teacher for the next token. Scoring policies compare a difficulty in [0, 1] with the
 * workload's price, so that one target means the same to all of them; the others ignore the price and are bound by the
 * allowance alone.
 */
public sealed interface AskPolicy extends Serializable {
    /**
     * Whether to ask at one position.
     *
     * @param confidence probability of the student's most probable token, in (0, 1]
     * @param price the workload's price; {@link AskPrices#ASK_ALWAYS} or a value in [0, 1]
     * @param draw uniform in [0, 1), fixed for the position
     */
    boolean asks(double confidence, double price, double draw);

    /** The student is on its own. */
    record Never() implements AskPolicy {
        @Override
        public boolean asks(double confidence, double price, double draw) {
            return false;
        }
    }

    /** Every token is asked for. */
    record Always() implements AskPolicy {
        @Override
        public boolean asks(double confidence, double price, double draw) {
            return true;
        }
    }

    /**
     * Asks at random: the baseline of the frontier.
     *
     * @param share expected share of positions, in [0, 1]
     */
    record Random(double share) implements AskPolicy {
        public Random {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "Random asking has share " + share + "; expected 0 to 1. Correct the policy's share.");
            }
        }

        @Override
        public boolean asks(double confidence, double price, double draw) {
            return draw < share;
        }
    }

    /** Asks where the difficulty, 1 - {@code confidence}, is above the price. */
    record Confidence() implements AskPolicy {
        @Override
        public boolean asks(double confidence, double price, double draw) {
            return 1 - confidence > price;
        }
    }
}
