package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher is read in bfloat16 where that is faster and says the same, and what is not chosen is closed. */
class ReaderChoiceTest {
    private static final ModelShape SHAPE = new ModelShape(24, 2, 4, 2, 6, 40, 31, 60, false, 200, 1e-5);

    private final List<Kernel> closed = new ArrayList<>();

    @Test
    void roundedProductsAreTakenWhereTheyAreFasterAndSayTheSame() {
        assertThat(choose(20, 5, 0.01f)).isEqualTo(Kernel.BF16);
        assertThat(closed).containsExactly(Kernel.ONEDNN);
    }

    @Test
    void aMachineThatMultipliesThemSlowlyKeepsSinglePrecision() {
        assertThat(choose(5, 20, 0)).isEqualTo(Kernel.ONEDNN);
        assertThat(closed).containsExactly(Kernel.BF16);
    }

    @Test
    void aTeacherThatRoundingChangesKeepsSinglePrecision() {
        assertThat(choose(20, 5, 0.5f)).isEqualTo(Kernel.ONEDNN);
        assertThat(choose(20, 5, Float.NaN)).isEqualTo(Kernel.ONEDNN);
        assertThat(closed).containsExactly(Kernel.BF16, Kernel.BF16);
    }

    @Test
    void aMachineThatRefusesThemKeepsSinglePrecision() {
        LanguageModel model = ReaderChoice.open(kernel -> {
            if (kernel == Kernel.BF16) {
                throw new ModelRejectedException("no such instructions");
            }
            return new ReadingModel(kernel, 1, 0);
        });
        assertThat(model.kernel()).isEqualTo(Kernel.ONEDNN);
        assertThat(closed).isEmpty();
    }

    @Test
    void theEngineReadsWithWhatItChoseOrWasTold(@TempDir Path folder) {
        Engine engine = Engine.installed();
        try (Trainer trainer = engine.initialise(SHAPE, 1)) {
            trainer.saveModel(folder, Storage.FP32);
        }
        try (LanguageModel chosen = engine.openReader(folder, Kernel.AUTO);
                LanguageModel told = engine.openReader(folder, Kernel.BF16)) {
            assertThat(chosen.kernel()).isIn(Kernel.ONEDNN, Kernel.BF16);
            assertThat(told.kernel()).isEqualTo(Kernel.BF16);
        }
        assertThatThrownBy(() -> engine.openReader(folder, Kernel.VECTOR))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("expected onednn, bf16, fp32, fp16 or auto");
    }

    /** What is chosen when single precision takes so many milliseconds, and bfloat16 so many and is off by so much. */
    private Kernel choose(int exact, int rounded, float off) {
        return ReaderChoice.open(kernel -> kernel == Kernel.ONEDNN
                        ? new ReadingModel(kernel, exact, 0)
                        : new ReadingModel(kernel, rounded, off))
                .kernel();
    }

    /** Takes its time for a batch; its logits are 0 but for the first, which is {@code off}. */
    private final class ReadingModel implements LanguageModel {
        private final Kernel kernel;
        private final int millis;
        private final float off;

        ReadingModel(Kernel kernel, int millis, float off) {
            this.kernel = kernel;
            this.millis = millis;
            this.off = off;
        }

        @Override
        public ModelShape shape() {
            return SHAPE;
        }

        @Override
        public Kernel kernel() {
            return kernel;
        }

        @Override
        public void score(TokenBatch batch, Scores out) {
            long end = System.nanoTime() + millis * 1_000_000L;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(100_000);
            }
            int count = batch.positions().length;
            double logSum = Math.log(SHAPE.vocabulary() - 1 + Math.exp(off));
            for (int i = 0; i < count; i++) {
                out.logits[i * SHAPE.vocabulary()] = off;
                out.argmax[i] = 0;
                out.topLogProbabilities[i * out.topK()] = (float) (off - logSum);
            }
            out.filled(count);
        }

        @Override
        public KvCache newCache(int rows) {
            throw new UnsupportedOperationException("[BUG] a reader decodes nothing");
        }

        @Override
        public void step(KvCache cache, int[] rows, int[] ids, int count, Scores out) {
            throw new UnsupportedOperationException("[BUG] a reader decodes nothing");
        }

        @Override
        public void extend(KvCache cache, int row, int[] ids, int keep, Scores out) {
            throw new UnsupportedOperationException("[BUG] a reader decodes nothing");
        }

        @Override
        public void prefill(KvCache cache, int[] rows, int[][] ids, Scores out) {
            throw new UnsupportedOperationException("[BUG] a reader decodes nothing");
        }

        @Override
        public void close() {
            closed.add(kernel);
        }
    }
}
