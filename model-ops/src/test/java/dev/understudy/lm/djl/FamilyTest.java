package dev.understudy.lm.djl;

import static dev.understudy.lm.djl.Fixtures.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.ComputeDevice;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family, from both spellings of its configuration, gives the numbers of the reference library. */
class FamilyTest {
    /** What two correct programs in single precision may differ by in one logit. */
    private static final double LOGIT = 2e-4;

    /** Mean KL in nats from single precision of a model whose products have factors of eight bits. */
    private static final double LEAST_ROUNDED = 1e-10;

    private static final double MOST_ROUNDED = 1e-3;

    static Stream<Arguments> models() {
        return Fixtures.MODELS.stream()
                .flatMap(name -> Stream.of("config.json", "config.v4.json").map(config -> Arguments.of(name, config)));
    }

    static Stream<String> names() {
        return Fixtures.MODELS.stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyGoldenNumberIsReproduced(String name, String config, @TempDir Path folder) throws IOException {
        try (LanguageModel model = open(Fixtures.spelled(name, config, folder), Kernel.FP32)) {
            for (JsonNode prompt : Fixtures.golden(name).path("prompts")) {
                checkNumbers(model, prompt);
                checkGreedyBySteps(model, prompt);
                checkGreedyByScoring(model, prompt);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void blockedMatricesChangeNothing(String name) {
        try (LanguageModel model = open(Fixtures.directory(name), Kernel.ONEDNN)) {
            for (JsonNode prompt : Fixtures.golden(name).path("prompts")) {
                checkNumbers(model, prompt);
                checkGreedyBySteps(model, prompt);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("packed")
    void packedMatricesStayCloseToSinglePrecision(String name, Kernel kernel) {
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel exact = open(Fixtures.directory(name), Kernel.FP32);
                LanguageModel packed = open(Fixtures.directory(name), kernel)) {
            float[] p = scores(exact, ids).logits;
            float[] q = scores(packed, ids).logits;
            assertThat(divergence(p, q, exact.shape().vocabulary())).isBetween(0.0, 1e-5);
            checkGreedyBySteps(packed, Fixtures.golden(name).path("prompts").path(1));
        }
    }

    /** The reference is what reproduces the golden numbers. */
    @ParameterizedTest
    @MethodSource("names")
    void factorsInBfloat16StayNearSinglePrecision(String name) {
        try (LanguageModel exact = open(Fixtures.directory(name), Kernel.FP32);
                LanguageModel rounded = open(Fixtures.directory(name), Kernel.BF16)) {
            for (JsonNode prompt : Fixtures.golden(name).path("prompts")) {
                int[] ids = ints(prompt.path("ids"));
                float[] p = scores(exact, ids).logits;
                int vocabulary = exact.shape().vocabulary();
                // eight bits of each factor are kept, so that some distance is there, too
                assertThat(divergence(p, scores(rounded, ids).logits, vocabulary))
                        .isBetween(LEAST_ROUNDED, MOST_ROUNDED);
                assertThat(divergence(p, stepped(rounded, ids), vocabulary)).isBetween(LEAST_ROUNDED, MOST_ROUNDED);
            }
        }
    }

    @Test
    void bfloat16HasTheRangeOfSinglePrecision() {
        ModelShape shape = new ModelShape(24, 2, 4, 2, 6, 40, 31, 60, false, 200, 1e-5);
        List<float[]> values = LlamaWeights.random(shape, 3);
        // after embedding, head, norm, a layer's first gain and its wqkv stands its wo; half precision ends at 65504
        float[] output = values.get(5);
        for (int i = 0; i < output.length; i++) {
            output[i] *= 1e9f;
        }
        int[] ids = IntStream.range(0, 20).toArray();
        try (LanguageModel exact = placed(shape, values, Kernel.FP32, LibtorchModel.Form.LEAN);
                LanguageModel rounded = placed(shape, values, Kernel.BF16, LibtorchModel.Form.LEAN)) {
            assertThat(divergence(scores(exact, ids).logits, scores(rounded, ids).logits, shape.vocabulary()))
                    .isBetween(LEAST_ROUNDED, MOST_ROUNDED);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theHeadAfterFactorsInBfloat16IsInSinglePrecision(String name) {
        Path directory = Fixtures.directory(name);
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel model = open(directory, Kernel.BF16)) {
            float[] head = head(directory, model.shape());
            Scores out = Scores.of(model.shape(), ids.length, 2, Scores.Extra.HIDDEN, Scores.Extra.LOGITS);
            int[] positions = IntStream.range(0, ids.length).toArray();
            model.score(new TokenBatch(1, ids.length, ids, positions), out);
            for (int t = 0; t < ids.length; t++) {
                checkHead(out.hidden, t, head, out.logits, t, model.shape());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aModelSavedAgainIsTheSameModel(String name, @TempDir Path folder) {
        try (Trainer trainer = Engine.installed().trainer(Fixtures.directory(name))) {
            trainer.saveModel(folder, Storage.FP32);
        }
        try (LanguageModel before = open(Fixtures.directory(name), Kernel.FP32);
                LanguageModel after = open(folder, Kernel.FP32)) {
            assertThat(after.shape()).isEqualTo(before.shape());
            checkNumbers(after, Fixtures.golden(name).path("prompts").path(1));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theHiddenStateTimesTheHeadIsTheLogits(String name) {
        Path directory = Fixtures.directory(name);
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        int last = ids.length - 1;
        try (LanguageModel model = open(directory, Kernel.FP32);
                KvCache cache = model.newCache(3)) {
            float[] head = head(directory, model.shape());
            Scores all = Scores.of(model.shape(), ids.length, 2, Scores.Extra.HIDDEN, Scores.Extra.LOGITS);
            int[] positions = IntStream.range(0, ids.length).toArray();
            model.score(new TokenBatch(1, ids.length, ids, positions), all);
            for (int t = 0; t < ids.length; t++) {
                checkHead(all.hidden, t, head, all.logits, t, model.shape());
            }
            Scores one = Scores.of(model.shape(), 1, 2, Scores.Extra.HIDDEN);
            model.extend(cache, 0, ids, 1, one);
            checkHead(one.hidden, 0, head, all.logits, last, model.shape());
            model.prefill(cache, new int[] {1}, new int[][] {Arrays.copyOf(ids, last)}, one);
            checkHead(one.hidden, 0, head, all.logits, last - 1, model.shape());
            model.step(cache, new int[] {1}, new int[] {ids[last]}, 1, one);
            checkHead(one.hidden, 0, head, all.logits, last, model.shape());
            assertThat(one.logits).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theLeanFormSaysWhatThePlainOneSays(String name) {
        ModelDirectory directory = new ModelDirectory(Fixtures.directory(name));
        ModelShape shape = directory.config().shape();
        List<float[]> values = LlamaWeights.read(directory, tensor -> {});
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel plain = placed(shape, values, Kernel.FP32, LibtorchModel.Form.PLAIN);
                LanguageModel lean = placed(shape, values, Kernel.FP32, LibtorchModel.Form.LEAN)) {
            assertThat(scores(lean, ids).logits).containsExactly(scores(plain, ids).logits, within(1e-4f));
            assertThat(stepped(plain, ids)).containsExactly(scores(plain, ids).logits, within(1e-4f));
            assertThat(stepped(lean, ids)).containsExactly(scores(plain, ids).logits, within(1e-4f));
        }
    }

    private static LanguageModel placed(
            ModelShape shape, List<float[]> values, Kernel kernel, LibtorchModel.Form form) {
        return new LibtorchModel(shape, values, new LibtorchModel.Placement(ComputeDevice.CPU, kernel, form));
    }

    @ParameterizedTest
    @MethodSource("names")
    void halfWeightsAndActivationsAsOnAGpuAreNear(String name) {
        ModelDirectory directory = new ModelDirectory(Fixtures.directory(name));
        ModelShape shape = directory.config().shape();
        List<float[]> values = LlamaWeights.read(directory, tensor -> {});
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel plain = placed(shape, values, Kernel.FP32, LibtorchModel.Form.PLAIN);
                LanguageModel half = placed(shape, values, Kernel.FP16, LibtorchModel.Form.PLAIN)) {
            // 2^-11 of rounding in each of some tens of operations
            assertThat(stepped(half, ids)).containsExactly(scores(plain, ids).logits, within(0.1f));
            assertThat(scores(half, ids).logits).containsExactly(scores(plain, ids).logits, within(0.1f));
        }
    }

    @ParameterizedTest
    @MethodSource("cached")
    void cachedStepsAndRowsOfABatchSayWhatTheFullForwardSays(String name, Kernel kernel) {
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel model = open(Fixtures.directory(name), kernel)) {
            float[] full = scores(model, ids).logits;
            assertThat(stepped(model, ids)).containsExactly(full, within(1e-4f));
            int vocabulary = model.shape().vocabulary();
            Scores out = new Scores(3, 2, vocabulary);
            int last = ids.length - 1;
            try (KvCache cache = model.newCache(4)) {
                int[] half = Arrays.copyOf(ids, ids.length / 2);
                model.prefill(cache, new int[] {3, 0, 2}, new int[][] {half, Arrays.copyOf(ids, last), {ids[0]}}, out);
                model.step(cache, new int[] {2, 0, 3}, new int[] {ids[1], ids[last], ids[half.length]}, 3, out);
            }
            int[] expected = {1, last, ids.length / 2};
            for (int i = 0; i < 3; i++) {
                assertThat(Arrays.copyOfRange(out.logits, i * vocabulary, (i + 1) * vocabulary))
                        .containsExactly(
                                Arrays.copyOfRange(full, expected[i] * vocabulary, (expected[i] + 1) * vocabulary),
                                within(1e-4f));
            }
        }
    }

    static Stream<Arguments> cached() {
        return with(Kernel.FP32, Kernel.ONEDNN, Kernel.FP16, Kernel.VECTOR);
    }

    static Stream<Arguments> packed() {
        return with(Kernel.FP16, Kernel.VECTOR);
    }

    private static Stream<Arguments> with(Kernel... kernels) {
        return Fixtures.MODELS.stream().flatMap(name -> Stream.of(kernels).map(kernel -> Arguments.of(name, kernel)));
    }

    /** Rows, chunks and blocks change the order of nothing in this kernel. */
    @ParameterizedTest
    @MethodSource("names")
    void inTheJvmARowIsTheSameBitForBitWhateverIsBesideIt(String name) {
        int[] ids = ints(Fixtures.golden(name).path("prompts").path(1).path("ids"));
        try (LanguageModel model = open(Fixtures.directory(name), Kernel.VECTOR)) {
            float[] full = scores(model, ids).logits;
            assertThat(Arrays.equals(stepped(model, ids), full))
                    .as("token by token")
                    .isTrue();
            int vocabulary = model.shape().vocabulary();
            int rows = 13;
            Scores out = new Scores(rows, 2, vocabulary);
            try (KvCache cache = model.newCache(rows)) {
                int[][] blocks = new int[rows][];
                Arrays.setAll(blocks, row -> Arrays.copyOf(ids, 1 + row % ids.length));
                model.prefill(cache, IntStream.range(0, rows).toArray(), blocks, out);
                for (int row = 0; row < rows; row++) {
                    int at = (blocks[row].length - 1) * vocabulary;
                    assertThat(Arrays.equals(
                                    out.logits, row * vocabulary, (row + 1) * vocabulary, full, at, at + vocabulary))
                            .as("row %d", row)
                            .isTrue();
                }
            }
        }
    }

    /** Logits after each token, all of them fed one by one on a cache. */
    private static float[] stepped(LanguageModel model, int[] ids) {
        int vocabulary = model.shape().vocabulary();
        float[] logits = new float[ids.length * vocabulary];
        Scores out = new Scores(1, 2, vocabulary);
        try (KvCache cache = model.newCache(2)) {
            for (int t = 0; t < ids.length; t++) {
                model.step(cache, new int[] {1}, new int[] {ids[t]}, 1, out);
                System.arraycopy(out.logits, 0, logits, t * vocabulary, vocabulary);
            }
        }
        return logits;
    }

    private static float[] head(Path directory, ModelShape shape) {
        String name = shape.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight";
        return new ModelDirectory(directory)
                .tensor(name, shape.vocabulary(), shape.width())
                .values();
    }

    /** Row {@code state} of {@code hidden} times the head gives row {@code expected} of {@code logits}. */
    private static void checkHead(
            float[] hidden, int state, float[] head, float[] logits, int expected, ModelShape shape) {
        int d = shape.width();
        for (int v = 0; v < shape.vocabulary(); v++) {
            double product = 0;
            for (int j = 0; j < d; j++) {
                product += (double) hidden[state * d + j] * head[v * d + j];
            }
            assertThat(product).isCloseTo(logits[expected * shape.vocabulary() + v], within(LOGIT));
        }
    }

    private static LanguageModel open(Path directory, Kernel kernel) {
        return Engine.installed().open(directory, kernel);
    }

    private static void checkNumbers(LanguageModel model, JsonNode prompt) {
        int[] ids = ints(prompt.path("ids"));
        int vocabulary = model.shape().vocabulary();
        Scores out = scores(model, ids);
        JsonNode top = prompt.path("top5");
        assertThat(top).hasSize(ids.length);
        for (int t = 0; t < ids.length; t++) {
            for (JsonNode pair : top.path(t)) {
                double logit = out.logits[t * vocabulary + pair.path(0).asInt()];
                assertThat(logit).isCloseTo(pair.path(1).asDouble(), within(LOGIT));
            }
            for (int v = 0; v < prompt.path("logits").path(t).size(); v++) {
                double expected = prompt.path("logits").path(t).path(v).asDouble();
                assertThat((double) out.logits[t * vocabulary + v]).isCloseTo(expected, within(LOGIT));
            }
        }
        double loss = IntStream.range(1, ids.length)
                .mapToDouble(t -> -logSoftmax(out.logits, t - 1, vocabulary)[ids[t]])
                .sum();
        assertThat(loss).isCloseTo(prompt.path("nll").asDouble(), within(LOGIT * ids.length));
    }

    private static void checkGreedyBySteps(LanguageModel model, JsonNode prompt) {
        int[] expected = ints(prompt.path("greedy").path("ids"));
        assertThat(expected).hasSize(24);
        Scores out = new Scores(1, 2, 0);
        try (KvCache cache = model.newCache(2)) {
            model.prefill(cache, new int[] {1}, new int[][] {ints(prompt.path("ids"))}, out);
            for (int i = 0; i < expected.length; i++) {
                assertThat(out.argmax[0]).isEqualTo(expected[i]);
                double logProbability =
                        prompt.path("greedy").path("logprobs").path(i).asDouble();
                assertThat((double) out.topLogProbabilities[0]).isCloseTo(logProbability, within(5e-3));
                model.step(cache, new int[] {1}, new int[] {expected[i]}, 1, out);
            }
        }
    }

    private static void checkGreedyByScoring(LanguageModel model, JsonNode prompt) {
        int[] ids = ints(prompt.path("ids"));
        Scores out = new Scores(1, 2, 0);
        for (int expected : ints(prompt.path("greedy").path("ids"))) {
            model.score(new TokenBatch(1, ids.length, ids, new int[] {ids.length - 1}), out);
            assertThat(out.argmax[0]).isEqualTo(expected);
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = expected;
        }
    }

    private static Scores scores(LanguageModel model, int[] ids) {
        Scores out = new Scores(ids.length, 2, model.shape().vocabulary());
        int[] positions = IntStream.range(0, ids.length).toArray();
        model.score(new TokenBatch(1, ids.length, ids, positions), out);
        return out;
    }

    /** Mean KL(p || q) in nats over the rows of two logit arrays. */
    private static double divergence(float[] p, float[] q, int vocabulary) {
        int rows = p.length / vocabulary;
        double sum = 0;
        for (int t = 0; t < rows; t++) {
            double[] a = logSoftmax(p, t, vocabulary);
            double[] b = logSoftmax(q, t, vocabulary);
            sum += IntStream.range(0, vocabulary)
                    .mapToDouble(v -> Math.exp(a[v]) * (a[v] - b[v]))
                    .sum();
        }
        return sum / rows;
    }

    private static double[] logSoftmax(float[] logits, int row, int vocabulary) {
        int from = row * vocabulary;
        double sum = IntStream.range(from, from + vocabulary)
                .mapToDouble(i -> Math.exp(logits[i]))
                .sum();
        return IntStream.range(from, from + vocabulary)
                .mapToDouble(i -> logits[i] - Math.log(sum))
                .toArray();
    }
}
