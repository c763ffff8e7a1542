package dev.understudy.distil;

import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Exact match by teacher forcing: a pair counts when the most probable token at every answer position is the answer's.
 * The same event as greedy decoding of the whole answer, at the cost of one forward pass.
 */
public final class ForcedExactMatch {
    private static final int BATCH = 32;

    private ForcedExactMatch() {}

    /** Fraction in [0, 1] of {@code pairs}, at least one, that the model answers exactly. */
    public static double of(LanguageModel model, List<Pair> pairs) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("[BUG] exact match of no pairs");
        }
        List<Pair> sorted = new ArrayList<>(pairs);
        sorted.sort(Comparator.comparingInt(Pair::length));
        int right = 0;
        for (int start = 0; start < sorted.size(); start += BATCH) {
            right += right(model, sorted.subList(start, Math.min(sorted.size(), start + BATCH)));
        }
        return (double) right / pairs.size();
    }

    private static int right(LanguageModel model, List<Pair> pairs) {
        TokenBatch tokens = PairTrainer.tokens(pairs);
        Scores scores = new Scores(tokens.positions().length, 2, 0);
        model.score(tokens, scores);
        int right = 0;
        int n = 0;
        for (Pair pair : pairs) {
            boolean all = true;
            for (int token : pair.answer()) {
                all &= scores.argmax[n++] == token;
            }
            right += all ? 1 : 0;
        }
        return right;
    }
}
