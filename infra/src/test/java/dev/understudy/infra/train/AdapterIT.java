package dev.understudy.infra.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.LoraMerge;
import dev.understudy.lm.shape.Projection;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters pass to PEFT and back with the same logits. The Python interpreter with peft
 * ({@code infra/python/requirements.txt}) is named by the property {@code understudy.python} or the variable
 * {@code UNDERSTUDY_PYTHON}; without one the test is skipped.
 */
@Timeout(300)
class AdapterIT {
    private static final int[] IDS = {5, 17, 3, 99, 42, 8, 8, 61};
    private static final double TOLERANCE = 2e-4;

    private final Engine engine = Engine.installed();

    static boolean pythonIsNamed() {
        return !python().isEmpty();
    }

    private static String python() {
        String variable = System.getenv("UNDERSTUDY_PYTHON");
        return System.getProperty("understudy.python", variable == null ? "" : variable);
    }

    @EnabledIf(
            value = "pythonIsNamed",
            disabledReason = "no Python with peft: name one by -Dunderstudy.python=... or UNDERSTUDY_PYTHON")
    @ParameterizedTest
    @ValueSource(strings = {"mistral_f32", "qwen2_bias_f16", "llama_biases_f16"})
    void adaptersPassToPeftAndBack(String name, @TempDir Path folder) throws IOException, InterruptedException {
        Path base = Path.of("..", "model-ops", "src", "test", "resources", "fixtures", name)
                .toAbsolutePath();
        Path adapter = folder.resolve("adapter");
        Path merged = folder.resolve("merged");
        Path own = folder.resolve("own");
        try (AdapterTrainer trainer = engine.adapt(base, new Lora(4, 12, EnumSet.allOf(Projection.class)), 3)) {
            int[] labels = IntStream.range(1, IDS.length + 1)
                    .map(i -> IDS[i % IDS.length])
                    .toArray();
            TrainingBatch batch = new TrainingBatch(tokens(), weights(), new Targets.Labels(labels));
            for (int i = 0; i < 30; i++) {
                trainer.step(batch, Hyper.of(1e-2));
            }
            trainer.saveAdapter(adapter);
            trainer.saveModel(merged, Storage.FP32);
        }
        JsonNode peft = ask(base, adapter, own);
        float[] before = logits(base);
        float[] ours = logits(merged);
        check(ours, peft.path("given"));
        check(ours, peft.path("merged"));
        assertThat(largestDifference(before, ours))
                .as("the adapter does something")
                .isGreaterThan(0.5);

        Path back = folder.resolve("back");
        LoraMerge.write(base, own, back, Storage.FP32);
        check(logits(back), peft.path("own"));
        assertThat(largestDifference(before, logits(back))).isGreaterThan(0.01);
    }

    private static JsonNode ask(Path base, Path adapter, Path own) throws IOException, InterruptedException {
        String ids = IntStream.of(IDS).mapToObj(Integer::toString).collect(Collectors.joining(","));
        Process process = new ProcessBuilder(
                        python(), "python/check_adapter.py", base.toString(), adapter.toString(), own.toString(), ids)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(answer).isZero();
        return new ObjectMapper().readTree(answer);
    }

    private float[] logits(Path directory) {
        try (LanguageModel model = engine.open(directory, Kernel.FP32)) {
            Scores scores = new Scores(IDS.length, 2, model.shape().vocabulary());
            model.score(tokens(), scores);
            return scores.logits;
        }
    }

    private static TokenBatch tokens() {
        return new TokenBatch(1, IDS.length, IDS, IntStream.range(0, IDS.length).toArray());
    }

    private static float[] weights() {
        float[] weights = new float[IDS.length];
        Arrays.fill(weights, 1);
        return weights;
    }

    private static void check(float[] ours, JsonNode rows) {
        int vocabulary = ours.length / IDS.length;
        assertThat(rows).hasSize(IDS.length);
        for (int i = 0; i < ours.length; i++) {
            double theirs = rows.path(i / vocabulary).path(i % vocabulary).asDouble();
            assertThat((double) ours[i]).isCloseTo(theirs, within(TOLERANCE));
        }
    }

    private static double largestDifference(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .max()
                .orElseThrow();
    }
}
