package dev.understudy.lm.djl;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code tokenizer.json} read by the Hugging Face tokenizers library; no special token is added to what is encoded.
 * Thread safe.
 */
final class JsonTokenizer implements Tokenizer {
    private final HuggingFaceTokenizer tokenizer;
    private final Vocabulary vocabulary;

    private JsonTokenizer(HuggingFaceTokenizer tokenizer, Vocabulary vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /**
     * Opens {@code directory/tokenizer.json}.
     *
     * @throws ModelRejectedException when it is missing, malformed or leaves an id without a token
     */
    static JsonTokenizer open(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.exists(file)) {
            throw new ModelRejectedException("Cannot open " + file
                    + ": the file is missing, expected a fast tokenizer; save it with PreTrainedTokenizerFast.");
        }
        try {
            Vocabulary vocabulary = vocabulary(file, new ObjectMapper().readTree(file.toFile()));
            return new JsonTokenizer(
                    HuggingFaceTokenizer.newInstance(
                            file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false")),
                    vocabulary);
        } catch (IOException e) {
            throw new ModelRejectedException(
                    "Cannot read " + file
                            + ": it is not a tokenizer, expected the JSON of the tokenizers library; copy it again.",
                    e);
        }
    }

    private static Vocabulary vocabulary(Path file, JsonNode root) {
        Map<Integer, String> tokens = new HashMap<>();
        Map<String, Integer> specials = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            tokens.put(entry.getValue().asInt(-1), entry.getKey());
        }
        for (int id = 0; vocabulary.isArray() && id < vocabulary.size(); id++) {
            // a unigram model lists pairs of piece and score
            tokens.put(id, vocabulary.get(id).path(0).asText());
        }
        for (JsonNode added : root.path("added_tokens")) {
            String content = added.path("content").asText();
            int id = added.path("id").asInt(-1);
            tokens.put(id, content);
            if (added.path("special").asBoolean(false)) {
                specials.put(content, id);
            }
        }
        List<String> ordered = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token == null) {
                throw new ModelRejectedException(
                        "Cannot use " + file + ": id " + id + " has no token, expected one for " + "each id below "
                                + tokens.size() + "; export the tokenizer again.");
            }
            ordered.add(token);
        }
        if (ordered.isEmpty()) {
            throw new ModelRejectedException(
                    "Cannot use " + file + ": it lists no token, expected model.vocab; export the tokenizer again.");
        }
        return new Vocabulary(ordered, Collections.unmodifiableMap(specials));
    }

    @Override
    public int[] encode(String text) {
        long[] wide = tokenizer.encode(text).getIds();
        int[] ids = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(Batches.longs(ids), true);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
