package dev.understudy.flink.job;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.engine.Engine;
import java.nio.file.Path;
import java.util.Arrays;

/** What a model says after every prefix, without batches, caches between calls or restarts: the judge of decoding. */
final class GreedyModel implements AutoCloseable {
    private final LanguageModel model;

    GreedyModel(String directory) {
        model = Engine.installed().open(Path.of(directory), Kernel.FP32);
    }

    /** [completion length + 1]: entry t is the most probable token after the prompt and t tokens of the completion. */
    int[] all(int[] prompt, int[] completion) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, ids, prompt.length, completion.length);
        int wanted = completion.length + 1;
        Scores scores = new Scores(wanted, 2, 0);
        try (KvCache cache = model.newCache(1)) {
            model.extend(cache, 0, ids, wanted, scores);
        }
        return Arrays.copyOf(scores.argmax, wanted);
    }

    @Override
    public void close() {
        model.close();
    }
}
