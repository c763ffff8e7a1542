package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory is not freed by the garbage collector: what a call forgets is gone for good. Three footprints are taken
 * after a settling time, in which allocators take their share, and five at the end. The median of the one is held
 * against the least of the other: what comes and goes makes a footprint larger, and a leak all of them.
 */
class NativeMemoryIT {
    /** Small, so that many steps are short; the calls and what they allocate are those of any model. */
    private static final ModelShape SHAPE = new ModelShape(32, 1, 4, 2, 8, 48, 256, 64, false, 200, 1e-5);

    /** 10.5 million parameters. */
    private static final ModelShape TEN_MILLION = new ModelShape(320, 7, 5, 5, 64, 896, 2048, 64, false, 200, 1e-5);

    /** A row's arrays come and go with its pages; a leak has thousands. */
    private static final int FEW_OBJECTS = 50;

    private final List<Footprint> settled = new ArrayList<>();
    private final List<Footprint> last = new ArrayList<>();

    @Test
    @Timeout(300)
    void tenThousandDecodeAndTrainingStepsAreFlat(@TempDir Path folder) throws IOException, JMException {
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
                for (int i = 1; i <= 15_000; i++) {
                    decode(model, cache, i, out);
                    trainer.step(batches[i % batches.length], Hyper.of(1e-4));
                    if (i % 1_000 == 0) {
                        sample(i / 1_000, 5, 15);
                    }
                }
            }
        }
        assertFlat("10,000 decode steps and 10,000 training steps");
    }

    @Test
    @Timeout(300)
    void fiftyLoadsAndTwentyThousandStepsAreFlat(@TempDir Path folder) throws IOException, JMException {
        write(TEN_MILLION, folder.resolve("large"));
        write(SHAPE, folder.resolve("small"));
        Scores out = new Scores(2, 2, 0);
        for (int cycle = 1; cycle <= 75; cycle++) {
            loadAndStep(folder.resolve("large"), 5, out);
            loadAndStep(folder.resolve("small"), 400, out);
            sample(cycle, 25, 75);
        }
        assertFlat("50 loads of 10 million parameters and 20,000 steps");
    }

    /** Takes one of three footprints from {@code first} on, or one of the last five. */
    private void sample(int time, int first, int end) throws IOException, JMException {
        if (time >= first && time < first + 3) {
            settled.add(Footprint.now());
        }
        if (time > end - 5) {
            last.add(Footprint.now());
        }
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

    private void assertFlat(String what) {
        Footprint before = Footprint.median(settled);
        Footprint after = Footprint.least(last);
        assertThat(after.objects() - before.objects())
                .as("live objects of DJL after %s, beyond %d before", what, before.objects())
                .isLessThan(FEW_OBJECTS);
        assertThat((double) after.used() / before.used())
                .as("native bytes in use after %s over before, %s and %s", what, settled, last)
                .isLessThan(1.02);
        assertThat((double) after.resident() / before.resident())
                .as("resident bytes after %s over before, %s and %s", what, settled, last)
                .isLessThan(1.05);
    }
}
