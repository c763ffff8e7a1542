package dev.understudy.gate;

import dev.understudy.budget.price.PriceScale;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores whole sequences under a model and reads exact match and needed help off the scores. Needed help is simulated:
 * a token is asked when its difficulty reaches one threshold, an asked token is right, and a sequence is right when all
 * its tokens are.
 */
public final class ForcedScoring {
    /** Bins of {@link #neededPriceHistogram}. */
    public static final int BINS = PriceScale.BINS;

    private static final int TOP_K = 8;
    private static final double LEAST_PROBABILITY = 1e-9;

    private ForcedScoring() {}

    /** One score an example, in order. One forward pass over all of them: the caller bounds the number. */
    public static List<ForcedScore> score(LanguageModel model, List<GateExample> examples) {
        int vocabulary = model.shape().vocabulary();
        TokenBatch batch = batch(examples);
        Scores scores = new Scores(batch.positions().length, Math.min(TOP_K, vocabulary), 0);
        model.score(batch, scores);
        List<ForcedScore> out = new ArrayList<>(examples.size());
        int at = 0;
        for (GateExample example : examples) {
            int tokens = example.labelIds().length;
            boolean[] right = new boolean[tokens];
            float[] confidence = new float[tokens];
            float[] labelLogProbability = new float[tokens];
            for (int i = 0; i < tokens; i++, at++) {
                right[i] = scores.argmax[at] == example.labelIds()[i];
                confidence[i] = (float) scores.confidence(at);
                labelLogProbability[i] = logProbability(scores, at, example.labelIds()[i], vocabulary);
            }
            out.add(new ForcedScore(right, confidence, labelLogProbability));
        }
        return out;
    }

    /** Share of sequences that are exact, in [0, 1]. */
    public static double exactMatch(List<ForcedScore> scores) {
        return scores.stream()
                .mapToInt(score -> score.exact() ? 1 : 0)
                .average()
                .orElse(0);
    }

    /**
     * Smallest share of teacher tokens, in [0, 1], at which one confidence threshold brings exact match to
     * {@code target}.
     */
    public static double helpShareFor(List<ForcedScore> scores, double target) {
        double[] needed = scores.stream()
                .mapToDouble(score -> score.exact() ? Double.POSITIVE_INFINITY : score.neededPrice())
                .sorted()
                .toArray();
        // So many sequences may be lost; the guard keeps (1 - 0.9) * 10 from being 0.99.
        int lost = (int) Math.floor((1 - target) * needed.length + 1e-9);
        if (lost >= needed.length || Double.isInfinite(needed[lost])) {
            return 0;
        }
        double threshold = needed[lost];
        long asked = 0;
        long tokens = 0;
        for (ForcedScore score : scores) {
            tokens += score.right().length;
            for (int i = 0; i < score.right().length; i++) {
                asked += score.difficulty(i) >= threshold ? 1 : 0;
            }
        }
        return (double) asked / tokens;
    }

    /**
     * Histogram of {@link ForcedScore#neededPrice} in the bins of {@link PriceScale}, so that the controller of prices
     * can go on from it: a sequence comes out right at the prices of its bin and of those below; one without a wrong
     * token counts in the last bin.
     */
    public static long[] neededPriceHistogram(List<ForcedScore> scores) {
        long[] bins = new long[BINS];
        for (ForcedScore score : scores) {
            bins[PriceScale.bin(score.neededPrice())]++;
        }
        return bins;
    }

    private static TokenBatch batch(List<GateExample> examples) {
        // The last context token is only predicted, never read.
        int time = examples.stream()
                .mapToInt(example -> example.promptIds().length + example.contextIds().length - 1)
                .max()
                .orElseThrow();
        int labels =
                examples.stream().mapToInt(example -> example.labelIds().length).sum();
        int[] ids = new int[examples.size() * time];
        int[] positions = new int[labels];
        int n = 0;
        for (int row = 0; row < examples.size(); row++) {
            GateExample example = examples.get(row);
            int prompt = example.promptIds().length;
            System.arraycopy(example.promptIds(), 0, ids, row * time, prompt);
            System.arraycopy(example.contextIds(), 0, ids, row * time + prompt, example.contextIds().length - 1);
            for (int i = 0; i < example.labelIds().length; i++) {
                positions[n++] = row * time + prompt - 1 + i;
            }
        }
        return new TokenBatch(examples.size(), time, ids, Arrays.copyOf(positions, n));
    }

    /** Exact inside the top k; outside, the mass that is left is spread evenly over the other ids. */
    private static float logProbability(Scores scores, int row, int label, int vocabulary) {
        int k = scores.topK();
        double mass = 0;
        for (int i = row * k; i < (row + 1) * k; i++) {
            if (scores.topIds[i] == label) {
                return scores.topLogProbabilities[i];
            }
            mass += Math.exp(scores.topLogProbabilities[i]);
        }
        return (float) Math.log(Math.max(LEAST_PROBABILITY, (1 - mass) / Math.max(1, vocabulary - k)));
    }
}
