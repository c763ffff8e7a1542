package dev.understudy.infra.bench;

import dev.understudy.lm.Kernel;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * What both sides of a comparison have in common.
 *
 * @param model directory of the student
 * @param rows sequences at once, at least 1
 */
record BenchSetup(Path model, int rows) {
    static final Kernel KERNEL = Kernel.AUTO;
    static final String TENANT = "bench";
    /** Longest completion, tokens. */
    static final int MOST_TOKENS = 64;

    List<Integer> endIds(Tokenizer tokenizer) {
        return tokenizer.vocabulary().special("<eos>").stream().boxed().toList();
    }
}
