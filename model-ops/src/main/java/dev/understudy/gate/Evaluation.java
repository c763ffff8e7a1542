package dev.understudy.gate;

import dev.understudy.lm.LanguageModel;

/**
 * Scores one version on a gate set in slices of bounded work. The model stays the caller's. Not thread safe; owned by
 * the thread that steps the model.
 */
public final class Evaluation {
    /** @param sliceRows sequences of one slice, at least 1 */
    public Evaluation(LanguageModel model, GateSet set, int sliceRows) {
        throw new UnsupportedOperationException();
    }

    /** Scores one slice; false when all sequences are scored (and then does nothing). */
    public boolean step() {
        throw new UnsupportedOperationException();
    }

    /** Figures of the version; only after the last slice. */
    public VersionFigures figures() {
        throw new UnsupportedOperationException();
    }
}
