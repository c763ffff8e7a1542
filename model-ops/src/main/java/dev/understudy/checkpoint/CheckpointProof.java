package dev.understudy.checkpoint;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.VocabularyFingerprint;
import java.util.Optional;

/**
 * Opens published checkpoints for serving, and only those that prove themselves: files as the manifest says, the
 * expected vocabulary, probes answered. Thread safe; the model it returns belongs to the caller.
 */
public final class CheckpointProof {
    private final FileCheckpointStore store;
    private final Engine engine;
    private final Kernel kernel;
    private final VocabularyFingerprint vocabulary;

    /**
     * A proof against one vocabulary.
     *
     * @param vocabulary fingerprint that the serving tokenizer has
     */
    public CheckpointProof(FileCheckpointStore store, Engine engine, Kernel kernel, VocabularyFingerprint vocabulary) {
        this.store = store;
        this.engine = engine;
        this.kernel = kernel;
        this.vocabulary = vocabulary;
    }

    /**
     * Verifies, opens and probes.
     *
     * @throws CheckpointRejectedException when the checkpoint must not be used
     * @throws dev.understudy.lm.ModelRejectedException when the engine refuses its files
     * @throws java.io.UncheckedIOException when its files cannot be read; trying again may help
     */
    public LanguageModel open(CheckpointId id) {
        CheckpointManifest manifest = store.verify(id);
        requireVocabulary(id, "manifest", manifest.contents().vocabularyFingerprint());
        try (Tokenizer tokenizer = engine.tokenizer(store.directory(id))) {
            requireVocabulary(
                    id, "tokenizer.json", tokenizer.vocabulary().fingerprint().hex());
        }
        LanguageModel model = engine.open(store.directory(id), kernel);
        try {
            Optional<String> objection =
                    Probes.objection(model, manifest.contents().probes(), kernel);
            if (objection.isPresent()) {
                throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": " + objection.get()
                        + ". Publish it again, or compare the builds of both sides.");
            }
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private void requireVocabulary(CheckpointId id, String where, String found) {
        if (!found.equals(vocabulary.hex())) {
            throw new CheckpointRejectedException("Cannot use checkpoint " + id + ": its " + where
                    + " has vocabulary sha256 " + found + ", the serving tokenizer's is " + vocabulary.hex()
                    + ". Train it with the current tokenizer.");
        }
    }
}
