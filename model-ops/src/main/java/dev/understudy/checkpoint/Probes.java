package dev.understudy.checkpoint;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import java.util.List;
import java.util.Optional;

/** Makes probes with one model and asks them to another that should be the same. */
public final class Probes {
    private Probes() {}

    /** Next-token answers of a model to some prompts. */
    public static List<Probe> of(LanguageModel model, List<int[]> prompts, int topK) {
        throw new UnsupportedOperationException();
    }

    /** What is wrong, in one sentence; empty when every answer is within the kernel's tolerance. */
    public static Optional<String> objection(LanguageModel model, List<Probe> probes, Kernel kernel) {
        throw new UnsupportedOperationException();
    }
}
