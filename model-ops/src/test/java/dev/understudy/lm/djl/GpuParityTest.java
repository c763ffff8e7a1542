package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.util.cuda.CudaUtils;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The GPU says what the CPU says; skipped where there is none. */
class GpuParityTest {
    private static final ComputeDevice GPU = new ComputeDevice(0);

    static Iterable<String> names() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("names")
    void forwardAndCachedStepsAreThoseOfTheCpu(String name) {
        assumeGpu();
        Path directory = Fixtures.directory(name);
        Engine engine = Engine.installed();
        int[] ids = IntStream.range(1, 20).toArray();
        try (LanguageModel cpu = engine.open(directory, Kernel.FP32);
                LanguageModel gpu = engine.on(GPU).open(directory, Kernel.FP32);
                LanguageModel half = engine.on(GPU).open(directory, Kernel.FP16)) {
            float[] expected = scored(cpu, ids);
            assertThat(scored(gpu, ids)).containsExactly(expected, within(2e-3f));
            assertThat(stepped(gpu, ids)).containsExactly(expected, within(2e-3f));
            assertThat(stepped(half, ids)).containsExactly(expected, within(0.1f));
        }
    }

    @Test
    void trainingStepsAreThoseOfTheCpu() {
        assumeGpu();
        ModelShape shape = new ModelShape(32, 2, 4, 2, 8, 48, 64, 32, false, 200, 1e-5);
        TrainingBatch batch = LibtorchTrainerTest.batch(shape, 4, 12, 4, 1);
        try (Trainer cpu = Engine.installed().initialise(shape, 1);
                Trainer gpu = Engine.installed().on(GPU).initialise(shape, 1)) {
            for (int i = 0; i < 10; i++) {
                double expected = cpu.step(batch, Hyper.of(1e-3)).loss();
                assertThat(gpu.step(batch, Hyper.of(1e-3)).loss()).isCloseTo(expected, within(1e-4));
            }
        }
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedInOneSentence() {
        ComputeDevice missing = new ComputeDevice(CudaUtils.getGpuCount() + 7);
        assertThatThrownBy(() -> Engine.installed().on(missing))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining(missing + ": found")
                .hasMessageContaining("--device cpu");
    }

    @Test
    void devicesAreReadAsTheyAreWritten() {
        for (String text : new String[] {"cpu", "cuda:0", "cuda:3"}) {
            assertThat(ComputeDevice.parse(text)).hasToString(text);
        }
        assertThat(ComputeDevice.parse("cuda")).isEqualTo(GPU);
        assertThatThrownBy(() -> ComputeDevice.parse("cuda:x")).hasMessageContaining("expected cpu, cuda or cuda:1");
    }

    private static void assumeGpu() {
        assumeThat(CudaUtils.getGpuCount())
                .as("skipped: no GPU was found; on a machine with one, run with -Pgpu")
                .isPositive();
    }

    private static float[] scored(LanguageModel model, int[] ids) {
        Scores out = Scores.of(model.shape(), ids.length, 2, Scores.Extra.LOGITS);
        model.score(
                new TokenBatch(
                        1, ids.length, ids, IntStream.range(0, ids.length).toArray()),
                out);
        return out.logits;
    }

    private static float[] stepped(LanguageModel model, int[] ids) {
        int vocabulary = model.shape().vocabulary();
        float[] logits = new float[ids.length * vocabulary];
        Scores out = Scores.of(model.shape(), 1, 2, Scores.Extra.LOGITS);
        try (KvCache cache = model.newCache(1)) {
            for (int t = 0; t < ids.length; t++) {
                model.step(cache, new int[] {0}, new int[] {ids[t]}, 1, out);
                System.arraycopy(out.logits, 0, logits, t * vocabulary, vocabulary);
            }
        }
        return logits;
    }
}
