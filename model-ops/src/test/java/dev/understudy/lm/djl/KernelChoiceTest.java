package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.NoCache;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel that is fastest here is measured once for a shape, and what is not chosen is closed. */
class KernelChoiceTest {
    private static final List<Kernel> ALL = List.of(Kernel.FP16, Kernel.ONEDNN, Kernel.FP32);

    private final List<Kernel> opened = new ArrayList<>();
    private final List<Kernel> closed = new ArrayList<>();

    @Test
    void theFastestIsKeptAndRemembered() {
        ModelShape shape = shape(31);
        KernelChoice choice = new KernelChoice(ComputeDevice.CPU, ALL);
        assertThat(choice.open(shape, kernel -> timed(shape, kernel, kernel == Kernel.ONEDNN ? 1 : 8))
                        .kernel())
                .isEqualTo(Kernel.ONEDNN);
        assertThat(opened).isEqualTo(ALL);
        assertThat(closed).containsExactlyInAnyOrder(Kernel.FP16, Kernel.FP32);
        opened.clear();
        choice.open(shape, kernel -> timed(shape, kernel, 1));
        assertThat(opened).containsExactly(Kernel.ONEDNN);
    }

    @Test
    void oneRowCountsAsMuchAsSeveral() {
        ModelShape shape = shape(34);
        LanguageModel model = new KernelChoice(ComputeDevice.CPU, ALL)
                .open(
                        shape,
                        kernel -> kernel == Kernel.ONEDNN ? timed(shape, kernel, 1, 6) : timed(shape, kernel, 8, 4));
        assertThat(model.kernel()).isEqualTo(Kernel.ONEDNN);
    }

    @Test
    void aRefusedKernelIsPassedOver() {
        ModelShape shape = shape(32);
        LanguageModel model = new KernelChoice(ComputeDevice.CPU, ALL).open(shape, kernel -> {
            if (kernel == Kernel.FP16) {
                throw new ModelRejectedException("overflow");
            }
            return timed(shape, kernel, kernel == Kernel.FP32 ? 1 : 8);
        });
        assertThat(model.kernel()).isEqualTo(Kernel.FP32);
    }

    @Test
    void whatEveryKernelRefusesIsRefused() {
        assertThatThrownBy(() -> new KernelChoice(ComputeDevice.CPU, ALL).open(shape(33), kernel -> {
                    throw new ModelRejectedException(kernel + " lacks a tensor");
                }))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("FP32 lacks a tensor");
    }

    @Test
    void theEngineSaysWhatItChose(@TempDir Path folder) {
        try (Trainer trainer = Engine.installed().initialise(shape(34), 1)) {
            trainer.saveModel(folder, Storage.FP32);
        }
        try (LanguageModel model = Engine.installed().open(folder, Kernel.AUTO)) {
            assertThat(model.kernel()).isIn(Kernel.VECTOR, Kernel.FP16, Kernel.ONEDNN, Kernel.FP32);
        }
    }

    private static ModelShape shape(int vocabulary) {
        return new ModelShape(24, 2, 4, 2, 6, 40, vocabulary, 60, false, 200, 1e-5);
    }

    private LanguageModel timed(ModelShape shape, Kernel kernel, int millis) {
        return timed(shape, kernel, millis, millis);
    }

    private LanguageModel timed(ModelShape shape, Kernel kernel, int oneRow, int several) {
        opened.add(kernel);
        return new TimedModel(shape, kernel, oneRow, several);
    }

    /** Takes its time for a step and says nothing. */
    private final class TimedModel implements LanguageModel {
        private final ModelShape shape;
        private final Kernel kernel;
        private final int oneRow;
        private final int several;

        TimedModel(ModelShape shape, Kernel kernel, int oneRow, int several) {
            this.shape = shape;
            this.kernel = kernel;
            this.oneRow = oneRow;
            this.several = several;
        }

        @Override
        public ModelShape shape() {
            return shape;
        }

        @Override
        public Kernel kernel() {
            return kernel;
        }

        @Override
        public KvCache newCache(int rows) {
            return new NoCache(rows);
        }

        @Override
        public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
            long end = System.nanoTime() + (count == 1 ? oneRow : several) * 1_000_000L;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(100_000);
            }
        }

        @Override
        public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
            throw new UnsupportedOperationException("[BUG] only steps are measured");
        }

        @Override
        public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
            throw new UnsupportedOperationException("[BUG] only steps are measured");
        }

        @Override
        public void score(TokenBatch batch, Scores out) {
            throw new UnsupportedOperationException("[BUG] only steps are measured");
        }

        @Override
        public void close() {
            closed.add(kernel);
        }
    }
}
