package dev.understudy.gate;

import dev.understudy.lm.LanguageModel;
import java.util.List;

/** Scores whole sequences under a model and reads exact match and needed help off the scores. */
public final class ForcedScoring {
    private ForcedScoring() {}

    /** One score an example, in order. One forward pass over all of them: the caller bounds the number. */
    public static List<ForcedScore> score(LanguageModel model, List<GateExample> examples) {
        throw new UnsupportedOperationException();
    }

    /** Share of sequences that are exact, in [0, 1]. */
    public static double exactMatch(List<ForcedScore> scores) {
        throw new UnsupportedOperationException();
    }

    /**
     * Smallest share of teacher tokens, in [0, 1], at which one confidence threshold brings exact match to
     * {@code target}.
     */
    public static double helpShareFor(List<ForcedScore> scores, double target) {
        throw new UnsupportedOperationException();
    }

    /**
     * Histogram of {@link ForcedScore#neededPrice} in 32 even bins of (0, 1]: a sequence in bin b comes out right at
     * every price up to b / 32, one without a wrong token counts in bin 31.
     */
    public static long[] neededPriceHistogram(List<ForcedScore> scores) {
        throw new UnsupportedOperationException();
    }
}
