package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.Engine;
import dev.understudy.lm.Hyper;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelShape;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory is not freed by the garbage collector: what a call forgets is gone for good. Resident memory without
 * the Java heap is held flat, after a settling time in which allocators and compilers take their share.
 */
class NativeMemoryIT {
    /** Small, so that many steps are short; the calls and what they allocate are those of any model. */
    private static final ModelShape SHAPE = new ModelShape(32, 1, 4, 2, 8, 48, 256, 64, false, 200, 1e-5);

    /** 10.5 million parameters. */
    private static final ModelShape TEN_MILLION = new ModelShape(320, 7, 5, 5, 64, 896, 2048, 64, false, 200, 1e-5);

    private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-[0-9a-f]+ ");

    @Test
    @Timeout(300)
    void tenThousandDecodeAndTrainingStepsAreFlat(@TempDir Path folder) throws IOException {
        TrainingBatch[] batches = {
            LibtorchTrainerTest.batch(SHAPE, 1, 9, 4, 1),
            LibtorchTrainerTest.whole(SHAPE, 1, 5, 2),
            LibtorchTrainerTest.labels(SHAPE, 1, 7, 3)
        };
        Scores out = Scores.of(SHAPE, 2, 2, Scores.Extra.LOGITS);
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 1)) {
            trainer.saveModel(folder, Storage.FP32);
            try (LanguageModel model = Engine.installed().open(folder, Kernel.FP16);
                    KvCache cache = model.newCache(2)) {
                long settled = 0;
                // the JVM's own compilers have taken their share after about six thousand steps
                for (int i = -6_000; i < 10_000; i++) {
                    if (i == 0) {
                        settled = nativeKilobytes();
                    }
                    decode(model, cache, i + 6_000, out);
                    trainer.step(batches[Math.floorMod(i, batches.length)], Hyper.of(1e-4));
                }
                assertFlat("10,000 decode steps and 10,000 training steps", settled, nativeKilobytes());
            }
        }
    }

    @Test
    @Timeout(300)
    void fiftyLoadsAndTwentyThousandStepsAreFlat(@TempDir Path folder) throws IOException {
        write(TEN_MILLION, folder.resolve("large"));
        write(SHAPE, folder.resolve("small"));
        long settled = 0;
        Scores out = new Scores(2, 2, 0);
        // the allocator's arenas take until about the sixtieth load of this size to reach their final size
        for (int cycle = -60; cycle < 50; cycle++) {
            if (cycle == 0) {
                settled = nativeKilobytes();
            }
            loadAndStep(folder.resolve("large"), 5, out);
            if (cycle >= 0) {
                loadAndStep(folder.resolve("small"), 400, out);
            }
        }
        assertFlat("50 loads of 10 million parameters and 20,000 steps", settled, nativeKilobytes());
    }

    private static void write(ModelShape shape, Path directory) {
        try (Trainer trainer = Engine.installed().initialise(shape, 1)) {
            trainer.saveModel(directory, Storage.FP16);
        }
    }

    private static void loadAndStep(Path directory, int steps, Scores out) {
        try (LanguageModel model = Engine.installed().open(directory, Kernel.FP16);
                KvCache cache = model.newCache(2)) {
            for (int i = 0; i < steps; i++) {
                decode(model, cache, i, out);
            }
        }
    }

    /** One step; both rows end now and then, so that pages come and go. */
    private static void decode(LanguageModel model, KvCache cache, int step, Scores out) {
        if (cache.length(0) == 60) {
            cache.truncate(0, 0);
            cache.truncate(1, 0);
        }
        model.step(cache, new int[] {1, 0}, new int[] {step % 256, 3}, 2, out);
    }

    private static void assertFlat(String what, long before, long after) {
        assertThat((double) after / before)
                .as("native memory after %s over before (%d kB over %d kB)", what, after, before)
                .isLessThan(1.05);
    }

    /**
     * Resident memory of all mappings but the Java heap, which lies below 32 GB, where compressed pointers reach, and
     * nothing else does.
     */
    private static long nativeKilobytes() throws IOException {
        long sum = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.find()) {
                counts = Long.parseUnsignedLong(mapping.group(1), 16) >= 32L << 30;
            } else if (counts && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }
}
