package dev.understudy.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.signal.Author;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the distributions of transformers; {@code infra/python/make_sampling_goldens.py} wrote the file. */
class SamplingGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Sampler sampler = new Sampler();

    @Test
    void tokensAreDrawnFromTheDistributionOfTransformers() throws IOException {
        JsonNode cases;
        try (InputStream file = SamplingGoldenTest.class.getResourceAsStream("/golden/sampling.json")) {
            cases = JSON.readTree(Objects.requireNonNull(file)).path("cases");
        }
        assertThat(cases).hasSize(144);
        for (JsonNode golden : cases) {
            check(golden);
        }
    }

    private void check(JsonNode golden) {
        Warp warp = warp(golden.path("settings"));
        JsonNode given = golden.path("logits");
        int vocabulary = given.size();
        // the row stands behind another one, as in a batch
        float[] logits = new float[2 * vocabulary];
        IntStream.range(0, vocabulary)
                .forEach(i -> logits[vocabulary + i] = (float) given.path(i).asDouble());
        Sequence written = written(golden.path("ids"), warp);
        if (warp.temperature() == 0) {
            assertThat(sampler.choose(logits, vocabulary, vocabulary, warp, written, 0.5))
                    .as("%s", warp)
                    .isEqualTo(golden.path("argmax").asInt());
            return;
        }
        double[] law =
                sampler.law(logits, vocabulary, vocabulary, warp, written, written == null ? 0 : written.length());
        double below = 0;
        for (int i = 0; i < vocabulary; i++) {
            double expected = golden.path("probabilities").path(i).asDouble();
            assertThat(law[i] > 0).as("%s token %d", warp, i).isEqualTo(expected > 0);
            assertThat(law[i]).as("%s token %d", warp, i).isCloseTo(expected, within(1e-5));
            if (law[i] > 1e-9) {
                double middle = below + law[i] / 2;
                assertThat(sampler.choose(logits, vocabulary, vocabulary, warp, written, middle))
                        .isEqualTo(i);
            }
            below += law[i];
        }
    }

    private static Warp warp(JsonNode settings) {
        Map<Integer, Double> bias = JSON.convertValue(settings.path("bias"), new TypeReference<>() {});
        return new Warp(
                settings.path("temperature").asDouble(),
                settings.path("topK").asInt(),
                settings.path("topP").asDouble(),
                settings.path("minP").asDouble(),
                settings.path("repetitionPenalty").asDouble(),
                bias);
    }

    /** The ids as a prompt of five and seven written tokens: both count for the penalty. */
    private static Sequence written(JsonNode ids, Warp warp) {
        int[] all = IntStream.range(0, ids.size()).map(i -> ids.path(i).asInt()).toArray();
        Sampling sampling = new Sampling(warp, 0, List.of(), List.of());
        Prompt prompt =
                new Prompt(new PromptId("p"), "t", "w", Arrays.copyOf(all, 5), sampling, 9, false, Instant.EPOCH);
        Sequence sequence = Sequence.of(prompt, Instant.EPOCH);
        for (int i = 5; i < all.length; i++) {
            sequence.append(all[i], Author.STUDENT);
        }
        return sequence;
    }
}
