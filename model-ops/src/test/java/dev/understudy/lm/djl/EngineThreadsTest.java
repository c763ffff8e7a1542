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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One thread serves while another trains: neither waits for the other, and neither changes what the other computes. */
class EngineThreadsTest {
    private static final ModelShape SHAPE = new ModelShape(64, 2, 4, 2, 16, 128, 256, 128, false, 200, 1e-5);
    private static final int TRAINED = 8;
    private static final int LEAST_SERVED = 40;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final AtomicLong trainerThread = new AtomicLong();

    @Test
    void servingAndTrainingComputeAtTheSameTime(@TempDir Path folder) throws Exception {
        List<Double> lossesAlone = new ArrayList<>();
        try (Trainer trainer = Engine.installed().initialise(SHAPE, 1)) {
            trainer.saveModel(folder, Storage.FP32);
            lossesAlone.addAll(train(trainer));
        }
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (LanguageModel model = Engine.installed().open(folder, Kernel.FP16);
                Trainer trainer = Engine.installed().initialise(SHAPE, 1)) {
            List<Integer> alone = new Serving(model).run(LEAST_SERVED);
            trainerThread.set(0);
            Future<List<Double>> losses = threads.submit(() -> train(trainer));
            Serving serving = new Serving(model);
            List<Integer> beside = serving.until(losses);
            assertThat(serving.together)
                    .as("decode steps during which the trainer's thread computed, too")
                    .isGreaterThan(4 * TRAINED);
            assertThat(beside.subList(0, LEAST_SERVED)).isEqualTo(alone);
            assertThat(losses.get()).isEqualTo(lossesAlone);
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private List<Double> train(Trainer trainer) {
        TrainingBatch batch = LibtorchTrainerTest.batch(SHAPE, 32, 120, 8, 1);
        List<Double> losses = new ArrayList<>();
        trainerThread.set(Thread.currentThread().getId());
        for (int i = 0; i < TRAINED; i++) {
            losses.add(trainer.step(batch, Hyper.of(1e-3)).loss());
        }
        return losses;
    }

    /** Greedy decoding of one row, begun anew when it is full. */
    private final class Serving {
        private final LanguageModel model;
        /** A lock would leave one a training step: that which waited. */
        private int together;

        Serving(LanguageModel model) {
            this.model = model;
        }

        private long trainerTime() {
            return trainerThread.get() == 0 ? 0 : Math.max(0, THREADS.getThreadCpuTime(trainerThread.get()));
        }

        List<Integer> run(int steps) {
            return serve(steps, null);
        }

        List<Integer> until(Future<?> end) {
            return serve(LEAST_SERVED, end);
        }

        private List<Integer> serve(int least, @Nullable Future<?> end) {
            List<Integer> written = new ArrayList<>();
            Scores out = new Scores(1, 2, 0);
            int last = 1;
            try (KvCache cache = model.newCache(1)) {
                while (written.size() < least || (end != null && !end.isDone())) {
                    if (cache.length(0) == SHAPE.context()) {
                        cache.truncate(0, 0);
                    }
                    long own = THREADS.getCurrentThreadCpuTime();
                    long other = trainerTime();
                    model.step(cache, new int[] {0}, new int[] {last}, 1, out);
                    own = THREADS.getCurrentThreadCpuTime() - own;
                    together += trainerTime() - other > own / 2 ? 1 : 0;
                    last = out.argmax[0];
                    written.add(last);
                }
            }
            return written;
        }
    }
}
