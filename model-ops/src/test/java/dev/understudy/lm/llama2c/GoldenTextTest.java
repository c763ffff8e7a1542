package dev.understudy.lm.llama2c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two trained models must write their known text, character by character: loader, tokenizer, rotary halves, caches.
 * Only bfloat16 need not: eight bits of a factor are too few for hundreds of greedy tokens.
 */
class GoldenTextTest {
    private static final String PROMPT = "Once upon a time";

    @ParameterizedTest
    @EnumSource(value = Kernel.class, mode = EnumSource.Mode.EXCLUDE, names = "BF16")
    void stories260KWritesItsGoldenText(Kernel kernel, @TempDir Path folder) throws Exception {
        Path directory = imported("stories260k/stories260K.bin", "stories260k/tok512.bin", folder);
        int[] prompt = {1, 403, 407, 261, 378};
        int[] top = {432, 383, 322, 353, 323};
        double[] logits = {17.7994, 14.2813, 9.7096, 9.5873, 9.1342};
        checkFigures(directory, kernel, prompt, top, logits, 17.8311);
        assertThat(sha256(greedy(directory, kernel, prompt, 256)))
                .isEqualTo("30b2ffb07967932a88bfdf5e23b517a6f4cfcf7231db9e537360d3c12a4e4d10");
    }

    @ParameterizedTest
    @EnumSource(value = Kernel.class, mode = EnumSource.Mode.EXCLUDE, names = "BF16")
    void babyLlamaWritesItsGoldenText(Kernel kernel, @TempDir Path folder) throws Exception {
        Path directory = imported("babyllama105/model5000.bin", "babyllama105/tok105.vocab", folder);
        int[] prompt = {1, 3, 34, 9, 22, 4, 3, 18, 20, 7, 9, 3, 5, 3, 6, 10, 16, 4};
        int[] top = {25, 3, 19, 36, 60};
        double[] logits = {10.0346, 6.1894, 3.1794, 2.5249, 1.8332};
        checkFigures(directory, kernel, prompt, top, logits, 10.0585);
        assertThat(sha256(greedy(directory, kernel, prompt, 200)))
                .isEqualTo("f6a71305716ac8a0ebea7c7f02f2e5b9dd99c58321875c7692c7bf3a6a3c425a");
    }

    @Test
    void refusesWeightsThatAreCutAndAForeignTokenizer(@TempDir Path folder) throws IOException {
        Path weights = resource("stories260k/stories260K.bin");
        Path cut = folder.resolve("cut.bin");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(weights), 5000));
        assertThatThrownBy(() -> Llama2cCheckpoint.read(cut))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("5000 bytes, expected 1056540");
        assertThatThrownBy(() -> Llama2cCheckpoint.read(weights)
                        .write(folder.resolve("out"), resource("babyllama105/tok105.vocab"), Storage.FP32))
                .isInstanceOf(ModelRejectedException.class)
                .hasMessageContaining("105 pieces, expected 512");
    }

    private static void checkFigures(
            Path directory, Kernel kernel, int[] prompt, int[] top, double[] logits, double logSum) {
        double tolerance = kernel == Kernel.FP32 ? 2e-4 : 3e-2;
        try (Tokenizer tokenizer = Engine.installed().tokenizer(directory);
                LanguageModel model = Engine.installed().open(directory, kernel);
                KvCache cache = model.newCache(1)) {
            assertThat(tokenizer.encode(PROMPT)).isEqualTo(Arrays.copyOfRange(prompt, 1, prompt.length));
            assertThat(tokenizer.vocabulary().special("</s>")).hasValue(2);
            Scores out = new Scores(1, top.length, model.shape().vocabulary());
            model.extend(cache, 0, prompt, 1, out);
            for (int i = 0; i < top.length; i++) {
                assertThat((double) out.logits[top[i]]).isCloseTo(logits[i], within(tolerance));
                double logProbability = logits[i] - logSum;
                assertThat((double) out.topLogProbabilities[i]).isCloseTo(logProbability, within(2 * tolerance));
            }
            assertThat(out.topIds).startsWith(top[0], top[1], top[2]);
        }
    }

    private static String greedy(Path directory, Kernel kernel, int[] prompt, int positions) {
        try (Tokenizer tokenizer = Engine.installed().tokenizer(directory);
                LanguageModel model = Engine.installed().open(directory, kernel);
                KvCache cache = model.newCache(1)) {
            // the token after the last position is part of the text
            int[] ids = Arrays.copyOf(prompt, positions + 1);
            Scores out = new Scores(1, 2, 0);
            model.prefill(cache, new int[] {0}, new int[][] {prompt}, out);
            ids[prompt.length] = out.argmax[0];
            for (int t = prompt.length; t < positions; t++) {
                model.step(cache, new int[] {0}, new int[] {ids[t]}, 1, out);
                ids[t + 1] = out.argmax[0];
            }
            return tokenizer.decode(ids);
        }
    }

    private static Path imported(String weights, String tokenizer, Path folder) throws IOException {
        Llama2cCheckpoint.read(resource(weights)).write(folder, resource(tokenizer), Storage.FP32);
        return folder;
    }

    private static Path resource(String name) {
        return Path.of(URI.create(Objects.requireNonNull(GoldenTextTest.class.getResource("/models/" + name))
                .toString()));
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
