package dev.understudy.lm.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.LlamaLayout;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.NamedTensor;
import dev.understudy.lm.file.SafetensorsFile;
import dev.understudy.lm.file.SafetensorsWriter;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The divergences of TRL, loss and gradient, from the training step itself. The model is built so that its logits are
 * those of the golden file: attention and feed-forward write nothing, every token is a unit vector, and the head's
 * columns are the wanted logits. The first moment after one step without decay is the gradient.
 */
class LossGoldenTest {
    private static final int V = 12;
    private static final int POSITIONS = 8;
    private static final double TOLERANCE = 1e-5;
    private static final ModelShape SHAPE =
            new ModelShape(POSITIONS, 1, 1, 1, POSITIONS, 4, V, 16, false, 10_000, 1e-12);

    private final JsonNode golden = Fixtures.json("loss_golden.json");
    private final Path folder;

    LossGoldenTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** What a step says of the golden logits. */
    private record Seen(double loss, double[][] gradient) {
        double norm() {
            return Math.sqrt(Arrays.stream(gradient)
                    .flatMapToDouble(Arrays::stream)
                    .map(g -> g * g)
                    .sum());
        }
    }

    @BeforeEach
    void writeModel() {
        float[] student = logits(golden.path("student"));
        List<NamedTensor> tensors = new ArrayList<>();
        for (LlamaLayout.Block block : LlamaLayout.blocks(SHAPE)) {
            for (LlamaLayout.Part part : block.parts()) {
                int size = Arrays.stream(part.shape()).reduce(1, Math::multiplyExact);
                float[] values = new float[size];
                if (part.name().contains("norm")) {
                    Arrays.fill(values, 1);
                } else if (part.name().contains("embed_tokens")) {
                    IntStream.range(0, POSITIONS).forEach(i -> values[i * POSITIONS + i] = 1);
                } else if (part.name().contains("lm_head")) {
                    // RMSNorm makes the unit vector sqrt(d) long
                    IntStream.range(0, size)
                            .forEach(i -> values[i] =
                                    (float) (student[i % POSITIONS * V + i / POSITIONS] / Math.sqrt(POSITIONS)));
                }
                tensors.add(new NamedTensor(part.name(), part.shape(), values));
            }
        }
        new ModelConfig(SHAPE, null, null).write(folder, Storage.FP32);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Storage.FP32, Map.of());
    }

    @Test
    void lossAndGradientAreThoseOfTrl() {
        assertThat(golden.path("rows")).hasSize(10);
        for (JsonNode row : golden.path("rows")) {
            Seen seen = step(
                    loss(row.path("beta").asDouble(), row.path("temperature").asDouble()), mask(0));
            assertThat(seen.loss())
                    .as(row.toString())
                    .isCloseTo(row.path("loss").asDouble(), within(TOLERANCE));
            assertThat(seen.norm())
                    .as(row.toString())
                    .isCloseTo(row.path("grad_norm").asDouble(), within(TOLERANCE));
            assertThat(seen.gradient()[1]).as(row.toString()).containsExactly(gradient(row), within(TOLERANCE));
        }
    }

    @Test
    void theyMissWithAShiftedMaskOrSwappedBetaOrTheWrongSign() {
        for (JsonNode row : golden.path("rows")) {
            double beta = row.path("beta").asDouble();
            double temperature = row.path("temperature").asDouble();
            double expected = row.path("loss").asDouble();
            assertThat(Math.abs(step(loss(beta, temperature), mask(1)).loss() - expected))
                    .isGreaterThan(1e-3);
            if (beta != 0.5) {
                assertThat(Math.abs(step(loss(1 - beta, temperature), mask(0)).loss() - expected))
                        .isGreaterThan(1e-3);
            }
            assertThat(Math.abs(gradient(row)[0])).isGreaterThan(1e-4);
        }
    }

    private Seen step(TokenLoss loss, float[] mask) {
        int[] ids = IntStream.range(0, POSITIONS).toArray();
        TrainingBatch batch = new TrainingBatch(
                new TokenBatch(2, POSITIONS / 2, ids, ids), mask, new Targets.Whole(V, logits(golden.path("teacher"))));
        Path state = folder.resolve("state");
        StepReport report;
        try (Trainer trainer = Engine.installed().trainer(folder)) {
            report = trainer.step(List.of(batch), loss, new Hyper(0, 0, 0, 1e9, 0, 0));
            trainer.saveState(state);
        }
        float[] head = SafetensorsFile.open(state.resolve("optimizer.safetensors"))
                .read("first.1", V, POSITIONS)
                .values();
        double[][] gradient = new double[POSITIONS][V];
        for (int i = 0; i < head.length; i++) {
            gradient[i % POSITIONS][i / POSITIONS] = head[i] / Math.sqrt(POSITIONS);
        }
        return new Seen(report.loss(), gradient);
    }

    /** What TRL computes: at the ends the plain divergences, between them the generalised JSD. */
    private static TokenLoss loss(double beta, double temperature) {
        TokenLoss.Term teacher = beta == 1 ? TokenLoss.Term.ABSENT : new TokenLoss.Term(beta == 0 ? 1 : beta, beta);
        TokenLoss.Term student = beta == 0 ? TokenLoss.Term.ABSENT : new TokenLoss.Term(beta == 1 ? 1 : 1 - beta, beta);
        return new TokenLoss(teacher, student, temperature);
    }

    private float[] mask(int shift) {
        float[] mask = new float[POSITIONS];
        JsonNode labels = golden.path("labels");
        for (int i = 0; i < POSITIONS; i++) {
            mask[(i + shift) % POSITIONS] = labels.path(i / 4).path(i % 4).asInt() == -100 ? 0 : 1;
        }
        return mask;
    }

    private static double[] gradient(JsonNode row) {
        return IntStream.range(0, V)
                .mapToDouble(v -> row.path("grad_0_1").path(v).asDouble())
                .toArray();
    }

    private static float[] logits(JsonNode nested) {
        float[] flat = new float[POSITIONS * V];
        for (int i = 0; i < flat.length; i++) {
            int position = i / V;
            flat[i] = (float)
                    nested.path(position / 4).path(position % 4).path(i % V).asDouble();
        }
        return flat;
    }
}
