package dev.understudy.token;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The id-ordered tokens of a model.
 *
 * @param tokens token text in the tokenizer's own spelling; the id is the index
 * @param specials special tokens by name with their ids
 */
public record Vocabulary(List<String> tokens, Map<String, Integer> specials) {
    public Vocabulary {
        tokens = List.copyOf(tokens);
        specials = Map.copyOf(specials);
    }

    public int size() {
        return tokens.size();
    }

    public OptionalInt special(String name) {
        Integer id = specials.get(name);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    public VocabularyFingerprint fingerprint() {
        return VocabularyFingerprint.of(this);
    }
}
