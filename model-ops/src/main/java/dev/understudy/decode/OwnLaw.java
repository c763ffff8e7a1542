package dev.understudy.decode;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.lm.Scores;

/**
 * What is left of a student's law without the entries that speak of asking, in place: one softmax over the vocabulary,
 * read as the own law and the log odds of asking. Afterwards nothing that reads the figures can choose such an entry.
 * Allocates nothing; owned by the task thread.
 */
final class OwnLaw {
    private final AskEntries entries;
    private final int vocabulary;

    OwnLaw(AskEntries entries, int vocabulary) {
        this.entries = entries;
        this.vocabulary = vocabulary;
    }

    /**
     * Rewrites the figures of a step.
     *
     * @param scores with logits [capacity, V] and two ids a row
     * @param count rows that hold
     * @param asking [at least count] out: natural-log odds of the ask token against all tokens of the own law
     */
    void take(Scores scores, int count, double[] asking) {
        float[] logits = scores.logits;
        for (int i = 0; i < count; i++) {
            int from = i * vocabulary;
            double ask = logits[from + entries.ask()];
            for (int e = 0; e < entries.count(); e++) {
                logits[from + entries.id(e)] = Float.NEGATIVE_INFINITY;
            }
            asking[i] = ask - own(scores, i, from);
        }
    }

    /** Figures of one row; returns the logarithm of the sum of its exponentials. */
    private double own(Scores scores, int row, int from) {
        float[] logits = scores.logits;
        int first = from;
        int second = -1;
        for (int v = from + 1; v < from + vocabulary; v++) {
            if (logits[v] > logits[first]) {
                second = first;
                first = v;
            } else if (second < 0 || logits[v] > logits[second]) {
                second = v;
            }
        }
        double most = logits[first];
        double sum = 0;
        double weighted = 0;
        for (int v = from; v < from + vocabulary; v++) {
            double below = logits[v] - most;
            double weight = Math.exp(below);
            sum += weight;
            // an entry that is left out weighs nothing, and nothing times infinity is not a number
            weighted += weight == 0 ? 0 : weight * below;
        }
        double normaliser = most + Math.log(sum);
        int at = row * scores.topK();
        scores.argmax[row] = first - from;
        scores.topIds[at] = first - from;
        scores.topIds[at + 1] = second - from;
        scores.topLogProbabilities[at] = (float) (most - normaliser);
        scores.topLogProbabilities[at + 1] = (float) (logits[second] - normaliser);
        scores.entropy[row] = (float) (Math.log(sum) - weighted / sum);
        return normaliser;
    }
}
