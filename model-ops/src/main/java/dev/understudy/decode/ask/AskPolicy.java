package dev.understudy.decode.ask;

import dev.understudy.lm.shape.ModelShape;
import java.io.Serializable;

/**
 * When the student asks the teacher for the next token. Scoring policies give every position a difficulty in [0, 1] and
 * ask where it exceeds the workload's price, so that one target means the same to all of them; {@link Never},
 * {@link Always} and {@link Speculative} ignore the price and are bound by the allowance alone.
 *
 * <p>A policy is a setting and travels with the job. What scores the rows of a step is made from it once a student
 * version ({@link #scorer}), because a learned scorer belongs to the version.
 */
public sealed interface AskPolicy extends Serializable {
    /** Name in settings, metrics and reports. */
    String name();

    /**
     * What scores the positions under one student version: by {@link Confidence} unless the policy says otherwise.
     *
     * @param head the version's learned scorer; {@link AskHead#NONE} when it has none
     * @param student the version's shape
     * @throws IllegalArgumentException when the policy is learned and the version brings no scorer, or one for hidden
     *     states of another width
     */
    default AskScorer scorer(AskHead head, ModelShape student) {
        return Scorers.CONFIDENCE;
    }

    /**
     * The policy's own setting as a price, in force where no controller moves one.
     *
     * @param vocabulary V of the student
     */
    double fixedPrice(int vocabulary);

    /** Whether the price decides; a target for the share of the teacher means nothing where it does not. */
    default boolean heedsPrice() {
        return true;
    }

    /**
     * Whether to ask at one position.
     *
     * @param difficulty of the position, in [0, 1]
     * @param price of the workload: {@link AskPrices#ASK_ALWAYS} or a value in [0, 1]
     */
    default boolean asks(double difficulty, double price) {
        return difficulty > price;
    }

    /**
     * Most tokens of the student that stand undecided, and are not shown, until the teacher has read them; 0 when each
     * is decided as it is written. One more is asked for in any case.
     */
    default int maxDraft() {
        return 0;
    }

    /** Whether a text that ends within its drafts is read by the teacher before it counts. */
    default boolean readsTheEnd() {
        return false;
    }

    /** Whether a student whose vocabulary speaks of asking is told its budget; else it reads what it reads alone. */
    default boolean tellsBudget() {
        return false;
    }

    /** What becomes of drafts that the teacher has read, and what it writes behind them. */
    default BlockRule rule() {
        return BlockRules.WRITE;
    }

    /** Those that no price moves: only the allowance binds them. Their difficulties are those of {@link Confidence}. */
    sealed interface Unpriced extends AskPolicy {
        @Override
        default boolean heedsPrice() {
            return false;
        }
    }

    /** The student is on its own. Difficulties are reported for audits. */
    record Never() implements Unpriced {
        @Override
        public String name() {
            return "never";
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1;
        }

        @Override
        public boolean asks(double difficulty, double price) {
            return false;
        }
    }

    /** Every token is asked for. */
    record Always() implements Unpriced {
        @Override
        public String name() {
            return "always";
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return AskPrices.ASK_ALWAYS;
        }

        @Override
        public boolean asks(double difficulty, double price) {
            return true;
        }
    }

    /**
     * Asks at random, the baseline of every comparison: the difficulty is 1 - u with u from the keyed draws.
     *
     * @param share expected share of positions where no controller moves the price, in [0, 1]
     */
    record Random(double share) implements AskPolicy {
        public Random {
            requireRange("decode.random.share", share, share >= 0 && share <= 1, "[0, 1]");
        }

        @Override
        public String name() {
            return "random";
        }

        @Override
        public AskScorer scorer(AskHead head, ModelShape student) {
            return Scorers.RANDOM;
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1 - share;
        }
    }

    /**
     * Asks where the most probable token has little probability: the difficulty is 1 - max p.
     *
     * @param threshold probability below which it asks where no controller moves the price, in (0, 1]
     */
    record Confidence(double threshold) implements AskPolicy {
        public Confidence {
            requireRange("decode.confidence.threshold", threshold, threshold > 0 && threshold <= 1, "(0, 1]");
        }

        /** Threshold 0.9. */
        public Confidence() {
            this(0.9);
        }

        @Override
        public String name() {
            return "confidence";
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1 - threshold;
        }
    }

    /**
     * Asks where the student's law is wide: the difficulty is its entropy H over ln V.
     *
     * @param threshold nats above which it asks where no controller moves the price, in [0, ln V]
     */
    record Entropy(double threshold) implements AskPolicy {
        public Entropy {
            requireRange(
                    "decode.entropy.threshold",
                    threshold,
                    threshold >= 0 && threshold < Double.POSITIVE_INFINITY,
                    "[0, ln V] nats");
        }

        @Override
        public String name() {
            return "entropy";
        }

        @Override
        public AskScorer scorer(AskHead head, ModelShape student) {
            return Scorers.entropy(student.vocabulary());
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return Math.min(1, threshold / Math.log(vocabulary));
        }
    }

    /**
     * Asks where two tokens compete: the difficulty is 1 - (p1 - p2), the two largest probabilities.
     *
     * @param threshold margin below which it asks where no controller moves the price, in [0, 1]
     */
    record Margin(double threshold) implements AskPolicy {
        public Margin {
            requireRange("decode.margin.threshold", threshold, threshold >= 0 && threshold <= 1, "[0, 1]");
        }

        @Override
        public String name() {
            return "margin";
        }

        @Override
        public AskScorer scorer(AskHead head, ModelShape student) {
            return Scorers.MARGIN;
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1 - threshold;
        }
    }

    /**
     * Asks where the student has learnt to: the difficulty is u, the probability of asking that the version's
     * {@link AskHead} gives, a network beside the weights or the ask token of the student's own vocabulary.
     *
     * @param action how u becomes a decision
     */
    record AskToken(Action action) implements AskPolicy {
        /** How the probability of asking becomes a decision. */
        public enum Action {
            /** Asks where u exceeds the price. */
            THRESHOLD,
            /**
             * Asks with probability sigma(logit u - logit price). The draw d of the position enters the difficulty,
             * sigma(logit u - logit d), so that one comparison with the price serves both actions.
             */
            SAMPLED
        }

        @Override
        public String name() {
            return "ask-token";
        }

        @Override
        public AskScorer scorer(AskHead head, ModelShape student) {
            if (head == AskHead.NONE) {
                throw new IllegalArgumentException("Policy ask-token needs a student version with a trained ask head;"
                        + " this one has none. Serve a version that has one, or set 'decode.policy' to confidence.");
            }
            AskEntries entries = head.entries();
            if (entries != null) {
                for (int i = 0; i < entries.count(); i++) {
                    if (entries.id(i) < 0 || entries.id(i) >= student.vocabulary()) {
                        throw new IllegalArgumentException("This version asks by entry " + entries.id(i)
                                + " of a vocabulary of " + student.vocabulary() + ". Train it again.");
                    }
                }
            } else if (head.hiddenWidth() != student.width()) {
                throw new IllegalArgumentException("The ask head of this version reads hidden states of width "
                        + head.hiddenWidth() + ", the student's have " + student.width()
                        + ". Train the head on this student.");
            }
            return new LearnedScorer(head, action);
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 0.5;
        }

        @Override
        public boolean tellsBudget() {
            return true;
        }
    }

    /**
     * Fallback and rollback after Kim et al. 2023, Big Little Decoder: the student drafts; where it is less confident
     * than the fallback the teacher reads the block and writes the next token, or replaces an earlier draft that it
     * finds too improbable. The difficulty is that of {@link Confidence}. Where we deviate: the student writes the
     * first token too, and drafts that end the text stand without having been read.
     *
     * @param fallback probability of the most probable token below which the teacher is asked where no controller moves
     *     the price, in (0, 1)
     * @param rollback negative log-probability under the teacher above which a draft is replaced, nats in (0, 100]
     * @param maxDraft most drafts of a block, in [1, 256]
     */
    record Bild(double fallback, double rollback, int maxDraft) implements AskPolicy {
        public Bild {
            requireRange("decode.bild.fallback", fallback, fallback > 0 && fallback < 1, "(0, 1)");
            requireRange("decode.bild.rollback", rollback, rollback > 0 && rollback <= 100, "(0, 100] nats");
            requireRange("decode.bild.max-draft", maxDraft, maxDraft >= 1 && maxDraft <= 256, "[1, 256]");
        }

        /** Fallback 0.6, rollback 5 nats, at most 16 drafts. */
        public Bild() {
            this(0.6, 5, 16);
        }

        @Override
        public String name() {
            return "bild";
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1 - fallback;
        }

        @Override
        public BlockRule rule() {
            return new BlockRules.Rollback(rollback);
        }
    }

    /**
     * Speculative verification, Leviathan et al. 2023: the student drafts, the teacher's law decides. At lenience 1 the
     * text has the teacher's law exactly as long as every block is paid for; below, the mode is lossy.
     *
     * @param draftTokens drafts of a block (gamma), in [1, 32]
     * @param lenience l, in (0, 1]
     */
    record Speculative(int draftTokens, double lenience) implements Unpriced {
        public Speculative {
            requireRange(
                    "decode.speculative.draft-tokens", draftTokens, draftTokens >= 1 && draftTokens <= 32, "[1, 32]");
            if (!(lenience > 0 && lenience <= 1)) {
                throw new IllegalArgumentException("decode.speculative.lenience: " + lenience
                        + " is out of range, expected (0, 1]; 1 is lossless, smaller values accept more of the"
                        + " student's tokens.");
            }
        }

        /** 4 drafts, lossless. */
        public Speculative() {
            this(4, 1);
        }

        @Override
        public String name() {
            return lenience == 1 ? "speculative" : "speculative-lenient";
        }

        @Override
        public double fixedPrice(int vocabulary) {
            return 1;
        }

        @Override
        public boolean asks(double difficulty, double price) {
            return false;
        }

        @Override
        public int maxDraft() {
            return draftTokens;
        }

        @Override
        public boolean readsTheEnd() {
            return true;
        }

        @Override
        public BlockRule rule() {
            return new BlockRules.Verification(lenience);
        }
    }

    private static void requireRange(String key, double value, boolean inside, String range) {
        if (!inside) {
            throw new IllegalArgumentException(
                    key + " is " + value + "; expected a value in " + range + ". Correct the setting.");
        }
    }
}
