package dev.understudy.decode.ask;

import dev.understudy.lm.Scores;

/** The scorers that need nothing but the figures of the step; without state, so one serves all versions. */
final class Scorers {
    static final AskScorer CONFIDENCE = (step, difficulty) -> {
        for (int i = 0; i < step.count(); i++) {
            difficulty[i] = 1 - (float) step.scores().confidence(i);
        }
    };

    static final AskScorer MARGIN = (step, difficulty) -> {
        Scores scores = step.scores();
        for (int i = 0; i < step.count(); i++) {
            int at = i * scores.topK();
            double second = Math.exp(scores.topLogProbabilities[at + 1]);
            difficulty[i] = (float) Math.max(0, 1 - scores.confidence(i) + second);
        }
    };

    static final AskScorer RANDOM = (step, difficulty) -> {
        for (int i = 0; i < step.count(); i++) {
            difficulty[i] = (float) (1 - step.draw[i]);
        }
    };

    private Scorers() {}

    static AskScorer entropy(int vocabulary) {
        double widest = Math.log(vocabulary);
        return (step, difficulty) -> {
            for (int i = 0; i < step.count(); i++) {
                // Rounding may carry a flat law's entropy over ln V.
                difficulty[i] = (float) Math.max(0, Math.min(1, step.scores().entropy[i] / widest));
            }
        };
    }
}
