package dev.understudy.prompt;

import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.VocabularyFingerprint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What two parties must share so that prompts and token ids of one mean the same to the other: student and teacher, the
 * serving job and a checkpoint.
 *
 * @param vocabulary identity of tokens and special tokens
 * @param template sha256 of the chat template in hexadecimal, empty when there is none: a prompt is rendered once and
 *     read by all
 * @param rules how texts are cut into tokens; see {@link Tokenizer#rules()}
 */
public record Dialect(VocabularyFingerprint vocabulary, String template, String rules) {
    public static Dialect of(Tokenizer tokenizer, PromptTemplate template) {
        return new Dialect(tokenizer.vocabulary().fingerprint(), template.hash(), tokenizer.rules());
    }

    /**
     * The dialect of a model directory.
     *
     * @throws dev.understudy.lm.ModelRejectedException when its tokenizer or template cannot be used
     */
    public static Dialect read(Engine engine, Path directory) {
        try (Tokenizer tokenizer = engine.tokenizer(directory)) {
            return of(tokenizer, PromptTemplate.read(directory));
        }
    }

    /** Why ids or prompts cannot be exchanged, as a clause with both sides and the remedy; empty when they can. */
    public Optional<String> objection(Dialect expected) {
        if (!vocabulary.equals(expected.vocabulary)) {
            return Optional.of("its vocabulary has sha256 " + vocabulary.hex() + ", expected "
                    + expected.vocabulary.hex() + "; use a model of the same tokenizer.json");
        }
        if (!template.equals(expected.template)) {
            return Optional.of("its chat template has sha256 " + named(template) + ", expected "
                    + named(expected.template)
                    + ", because a prompt is rendered once; put the same chat template into both directories");
        }
        return Optional.empty();
    }

    /**
     * A warning where the vocabulary is the same and texts are cut otherwise, as by other merges; empty when they are
     * not.
     */
    public Optional<String> warning(Dialect expected) {
        boolean alike = rules.equals(expected.rules);
        return alike
                ? Optional.empty()
                : Optional.of("its merges, pre-tokenizer or normaliser have sha256 " + named(rules) + ", the others "
                        + named(expected.rules) + ": it was trained on other cuts of the same texts");
    }

    private static String named(String hash) {
        return hash.isEmpty() ? "none" : hash;
    }
}
