package dev.understudy.lm.djl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.token.SpecialNames;
import dev.understudy.token.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The content of a {@code tokenizer.json}.
 *
 * @param vocabulary tokens in the order of their ids
 * @param rules sha256, hexadecimal, of what decides how a text is cut: normaliser, pre-tokenizer and merges
 * @param literal the same tokenizer as JSON with every special token renamed, so that what spelt its name is ordinary
 *     text; not copied
 * @param matchesNormalised true when a special token is looked for in normalised text, so that other spellings of its
 *     name count too
 */
record TokenizerFile(Vocabulary vocabulary, String rules, byte[] literal, boolean matchesNormalised) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws ModelRejectedException when it is no JSON, or an id below the largest has no token */
    static TokenizerFile read(Path file) throws IOException {
        JsonNode root = JSON.readTree(file.toFile());
        if (!(root instanceof ObjectNode object)) {
            throw new ModelRejectedException(
                    "Cannot read " + file + ": it is not an object, expected a tokenizer; copy it again.");
        }
        Vocabulary vocabulary = vocabulary(file, root);
        boolean normalised = false;
        for (JsonNode added : root.path("added_tokens")) {
            normalised |= added.path("special").asBoolean(false)
                    && added.path("normalized").asBoolean(false);
        }
        String rules = rules(root);
        rename(object, secretNames(vocabulary));
        return new TokenizerFile(vocabulary, rules, JSON.writeValueAsBytes(object), normalised);
    }

    private static String rules(JsonNode root) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(JSON.writeValueAsBytes(root.path("normalizer")));
            digest.update(JSON.writeValueAsBytes(root.path("pre_tokenizer")));
            // both spellings of a merge, "a b" and ["a", "b"], count as one
            for (JsonNode merge : root.path("model").path("merges")) {
                digest.update(String.join(" ", pair(merge)).getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
    }

    private static String[] pair(JsonNode merge) {
        return merge.isTextual()
                ? merge.textValue().split(" ", 2)
                : new String[] {merge.path(0).asText(), merge.path(1).asText()};
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
                throw new ModelRejectedException("Cannot use " + file + ": id " + id
                        + " has no token, expected one for each id below " + tokens.size()
                        + "; export the tokenizer again.");
            }
            ordered.add(token);
        }
        if (ordered.isEmpty()) {
            throw new ModelRejectedException(
                    "Cannot use " + file + ": it lists no token, expected model.vocab; export the tokenizer again.");
        }
        return new Vocabulary(ordered, specials);
    }

    /** For each special token a name that cannot be written: its id between two marks. */
    Map<String, String> secretNames() {
        return secretNames(vocabulary);
    }

    private static Map<String, String> secretNames(Vocabulary vocabulary) {
        Map<String, String> names = new HashMap<>();
        vocabulary.specials().forEach((name, id) -> names.put(name, SpecialNames.MARK + "" + id + SpecialNames.MARK));
        return names;
    }

    private static void rename(ObjectNode root, Map<String, String> secret) {
        for (JsonNode added : root.path("added_tokens")) {
            String name = secret.get(added.path("content").asText());
            if (name != null) {
                ((ObjectNode) added).put("content", name);
            }
        }
        if (root.path("model") instanceof ObjectNode model) {
            String unknown = secret.get(model.path("unk_token").asText());
            if (unknown != null) {
                model.put("unk_token", unknown);
            }
            renamePieces(model, secret);
            dropMerges(model, secret);
        }
    }

    private static void renamePieces(ObjectNode model, Map<String, String> secret) {
        if (model.path("vocab") instanceof ObjectNode pieces) {
            secret.forEach((old, name) -> {
                JsonNode id = pieces.remove(old);
                if (id != null) {
                    pieces.set(name, id);
                }
            });
        }
        for (JsonNode piece : model.path("vocab").isArray() ? model.path("vocab") : List.<JsonNode>of()) {
            String name = secret.get(piece.path(0).asText());
            if (name != null) {
                ((ArrayNode) piece).set(0, TextNode.valueOf(name));
            }
        }
    }

    /** A merge that spells a special token would make one out of text; it would also name a piece that is gone. */
    private static void dropMerges(ObjectNode model, Map<String, String> secret) {
        if (!(model.path("merges") instanceof ArrayNode merges)) {
            return;
        }
        for (int i = merges.size() - 1; i >= 0; i--) {
            JsonNode merge = merges.get(i);
            String[] parts = pair(merge);
            boolean named = parts.length == 2
                    && (secret.containsKey(parts[0] + parts[1])
                            || secret.containsKey(parts[0])
                            || secret.containsKey(parts[1]));
            if (named) {
                merges.remove(i);
            }
        }
    }
}
