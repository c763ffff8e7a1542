package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.file.LoraDirectory;
import dev.understudy.lm.file.LoraMerge;
import dev.understudy.lm.file.LoraSlot;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LibtorchAdapterTrainerTest {
    private static final ModelShape SHAPE = new ModelShape(8, 2, 4, 2, 4, 12, 13, 16, true, 200, 1e-5);
    private static final Hyper HYPER = new Hyper(1e-2, 0.1, 0, 1.0, 0.9, 0.98);

    private final Engine engine = Engine.installed();
    private final Path folder;
    private final Path base;

    LibtorchAdapterTrainerTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        base = Files.createDirectories(folder.resolve("base"));
        try (Trainer random = engine.initialise(SHAPE, 11)) {
            random.saveModel(base, Storage.FP32);
        }
    }

    static Stream<Set<Projection>> targets() {
        return Stream.of(
                Lora.of(2).targets(),
                EnumSet.of(Projection.KEY, Projection.UP, Projection.DOWN),
                EnumSet.allOf(Projection.class));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void stepsEqualAScalarDoubleReference(Set<Projection> targets) {
        Lora lora = new Lora(2, 6, targets);
        try (AdapterTrainer trainer = engine.adapt(base, lora, 5)) {
            DoubleReference reference = reference(trainer, lora);
            for (int i = 0; i < 10; i++) {
                TrainingBatch batch = LibtorchTrainerTest.batch(SHAPE, 2, 6, 1 + i % 4, 40 + i);
                StepReport expected = reference.step(batch, HYPER);
                StepReport actual = trainer.step(batch, HYPER);
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
                assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), withinPercentage(0.01));
            }
        }
    }

    @Test
    void theStepsMissWhenTheScaleIsForgotten() {
        Lora lora = new Lora(2, 6, EnumSet.allOf(Projection.class));
        try (AdapterTrainer trainer = engine.adapt(base, lora, 5)) {
            DoubleReference reference = reference(trainer, new Lora(2, 2, lora.targets()));
            double miss = 0;
            for (int i = 0; i < 3; i++) {
                TrainingBatch batch = LibtorchTrainerTest.batch(SHAPE, 2, 6, 2, 40 + i);
                miss = Math.abs(reference.step(batch, HYPER).loss()
                        - trainer.step(batch, HYPER).loss());
            }
            assertThat(miss).isGreaterThan(1e-4);
        }
    }

    private DoubleReference reference(AdapterTrainer trainer, Lora lora) {
        Path start = folder.resolve("start");
        trainer.saveAdapter(start);
        LoraDirectory adapter = LoraDirectory.open(start);
        DoubleReference reference = new DoubleReference(base, SHAPE);
        for (LoraSlot slot : LoraSlot.of(SHAPE, lora)) {
            reference.adapt(
                    slot.module(),
                    lora.rank(),
                    lora.scale(),
                    adapter.down(slot).values(),
                    adapter.up(slot).values());
        }
        return reference;
    }

    @Test
    void onlyTheChosenMatricesChangeAndTheMergedModelGivesTheSameLoss() {
        Lora lora = new Lora(3, 3, EnumSet.of(Projection.VALUE, Projection.GATE));
        TrainingBatch batch = LibtorchTrainerTest.batch(SHAPE, 3, 7, 3, 8);
        Path merged = folder.resolve("merged");
        Path adapter = folder.resolve("adapter");
        Path again = folder.resolve("again");
        double loss;
        try (AdapterTrainer trainer = engine.adapt(base, lora, 5)) {
            for (int i = 0; i < 20; i++) {
                trainer.step(batch, HYPER);
            }
            trainer.saveModel(merged, Storage.FP32);
            trainer.saveAdapter(adapter);
            loss = trainer.step(batch, HYPER).loss();
        }
        try (Trainer trainer = engine.trainer(merged)) {
            assertThat(trainer.step(batch, HYPER).loss()).isCloseTo(loss, within(1e-5));
        }
        try (Trainer trainer = engine.trainer(base)) {
            assertThat(trainer.step(batch, HYPER).loss()).isGreaterThan(loss + 0.02);
        }
        LoraMerge.write(base, adapter, again, Storage.FP32);
        assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(merged.resolve("model.safetensors"));
        ModelDirectory before = new ModelDirectory(base);
        ModelDirectory after = new ModelDirectory(merged);
        for (LlamaLayout.Block block : LlamaLayout.blocks(SHAPE)) {
            for (LlamaLayout.Part part : block.parts()) {
                boolean chosen = part.name().contains("v_proj") || part.name().contains("gate_proj");
                float[] old = before.tensor(part.name(), part.shape()).values();
                float[] changed = after.tensor(part.name(), part.shape()).values();
                if (chosen) {
                    assertThat(changed).as(part.name()).isNotEqualTo(old);
                } else {
                    assertThat(changed).as(part.name()).isEqualTo(old);
                }
            }
        }
    }

    @Test
    void theFirstStepStartsFromTheModelItself() {
        TrainingBatch batch = LibtorchTrainerTest.batch(SHAPE, 3, 7, 3, 8);
        try (AdapterTrainer adapted = engine.adapt(base, Lora.of(4), 5);
                Trainer plain = engine.trainer(base)) {
            assertThat(adapted.step(batch, HYPER).loss())
                    .isEqualTo(plain.step(batch, HYPER).loss());
        }
    }

    @Test
    void aResumedAdapterContinuesBitForBit() {
        Lora lora = Lora.of(2);
        Path state = folder.resolve("state");
        List<StepReport> straight = new ArrayList<>();
        List<StepReport> resumed = new ArrayList<>();
        try (AdapterTrainer trainer = engine.adapt(base, lora, 5)) {
            run(trainer, 0, 5, new ArrayList<>());
            trainer.saveState(state);
            run(trainer, 5, 10, straight);
            trainer.saveAdapter(folder.resolve("straight"));
        }
        try (AdapterTrainer trainer = engine.resumeAdapter(state)) {
            assertThat(trainer.steps()).isEqualTo(5);
            assertThat(trainer.lora()).isEqualTo(lora);
            run(trainer, 5, 10, resumed);
            trainer.saveAdapter(folder.resolve("resumed"));
        }
        assertThat(resumed).isEqualTo(straight);
        assertThat(folder.resolve("resumed/adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("straight/adapter_model.safetensors"));
    }

    @Test
    void anAdapterWhoseModelHasChangedIsNotResumed() {
        Path state = folder.resolve("state");
        try (AdapterTrainer trainer = engine.adapt(base, Lora.of(2), 5)) {
            trainer.saveState(state);
        }
        try (Trainer other = engine.initialise(SHAPE, 12)) {
            other.saveModel(base, Storage.FP32);
        }
        assertThatThrownBy(() -> engine.resumeAdapter(state).close())
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining(base.toString())
                .hasMessageContaining("checksum");
    }

    private static void run(Trainer trainer, int from, int to, List<StepReport> reports) {
        for (int i = from; i < to; i++) {
            List<TrainingBatch> parts = List.of(
                    LibtorchTrainerTest.batch(SHAPE, 2, 7, 4, 100 + i), LibtorchTrainerTest.labels(SHAPE, 1, 5, i));
            reports.add(trainer.step(parts, TokenLoss.FORWARD_KL, HYPER));
        }
    }
}
