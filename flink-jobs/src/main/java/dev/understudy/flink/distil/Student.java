package dev.understudy.flink.distil;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What stays the same from version to version: tokenizer, chat template, end token, size. Whoever opened it closes it;
 * used by the task thread.
 */
final class Student implements AutoCloseable {
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private final Tokenizer tokenizer;
    private final PromptTemplate template;
    private final String templateHash;
    private final int endId;
    private final int context;
    private final int vocabularySize;

    private Student(Tokenizer tokenizer, PromptTemplate template, JsonNode config, LanguageModel model) {
        this.tokenizer = tokenizer;
        this.template = template;
        templateHash = template.hash();
        endId = endId(config, tokenizer.vocabulary());
        context = model.shape().context();
        vocabularySize = model.shape().vocabulary();
    }

    /** Reads the identity of the model in {@code directory}. */
    static Student open(Engine engine, Path directory) {
        JsonNode config;
        try {
            config = new ObjectMapper()
                    .readTree(directory.resolve(TOKENIZER_CONFIG).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read " + TOKENIZER_CONFIG + " of " + directory
                            + ", which names the end token and the chat template. Copy it from the model's source.",
                    e);
        }
        PromptTemplate template = PromptTemplate.read(directory);
        try (LanguageModel model = engine.open(directory, Kernel.FP32)) {
            return new Student(engine.tokenizer(directory), template, config, model);
        }
    }

    /** A pair as an example whose every answer token, the end token included, is a label. */
    LabelledSequence encode(String workload, String prompt, String answer) {
        int[] answerIds = tokenizer.encode(answer);
        int[] ended = Arrays.copyOf(answerIds, answerIds.length + 1);
        ended[answerIds.length] = endId;
        return LabelledSequence.ofPair(workload, template.render(tokenizer, prompt), ended);
    }

    /** False when a sequence has more tokens than the model has positions. */
    boolean holds(LabelledSequence sequence) {
        return sequence.length() <= context;
    }

    Vocabulary vocabulary() {
        return tokenizer.vocabulary();
    }

    /** Number of token ids V of the model. */
    int vocabularySize() {
        return vocabularySize;
    }

    /** sha256 of the chat template, hexadecimal; empty when there is none. */
    String templateHash() {
        return templateHash;
    }

    private static int endId(JsonNode config, Vocabulary vocabulary) {
        JsonNode token = config.path("eos_token");
        String name = token.isObject() ? token.path("content").asText("") : token.asText("");
        return vocabulary
                .special(name)
                .orElseThrow(() -> new IllegalArgumentException("Cannot tell the end token: " + TOKENIZER_CONFIG
                        + " has eos_token='" + name + "', which is no special token of tokenizer.json. Name one of "
                        + vocabulary.specials().keySet() + "."));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
