package dev.understudy.flink.swap;

import dev.understudy.checkpoint.CheckpointId;
import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.checkpoint.CheckpointRejectedException;
import dev.understudy.checkpoint.FileCheckpointStore;
import dev.understudy.checkpoint.Probes;
import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Dialect;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Opens versions and proves them: hashes of every file, the vocabulary, and the answers to the manifest's probes. The
 * version that the job starts with is the exception, a plain directory that the operator of the job vouches for. Thread
 * safe.
 */
public final class ModelLoading {
    private final Engine engine;
    private final Kernel kernel;
    private final FileCheckpointStore store;
    private final CheckpointId initial;
    private final Path initialDirectory;
    private final Clock clock;
    private final Dialect dialect;
    private final AskPolicy policy;

    /**
     * @param initial name of the version that the job starts with
     * @param initialDirectory its model directory
     * @param dialect what every version must share with the one that the job starts with
     * @param policy what every version must be able to decide by
     */
    public ModelLoading(
            Engine engine,
            Kernel kernel,
            FileCheckpointStore store,
            CheckpointId initial,
            Path initialDirectory,
            Dialect dialect,
            AskPolicy policy,
            Clock clock) {
        this.engine = engine;
        this.kernel = kernel;
        this.store = store;
        this.initial = initial;
        this.initialDirectory = initialDirectory;
        this.dialect = dialect;
        this.policy = policy;
        this.clock = clock;
    }

    /** Name of the version that the job starts with. */
    public CheckpointId initial() {
        return initial;
    }

    /**
     * Opens and proves a version.
     *
     * @throws CheckpointRejectedException when it must not be used; trying again does not help
     * @throws dev.understudy.lm.ModelRejectedException when the engine refuses the directory
     */
    public ModelVersion load(CheckpointId id) {
        long started = clock.millis();
        if (id.equals(initial) && !store.isPublished(id)) {
            LanguageModel model = engine.open(initialDirectory, kernel);
            return new ModelVersion(
                    id, model, head(id, initialDirectory, model), "started with", clock.millis() - started);
        }
        CheckpointManifest manifest = store.verify(id);
        if (!manifest.contents()
                .vocabularyFingerprint()
                .equals(dialect.vocabulary().hex())) {
            throw new CheckpointRejectedException("Cannot serve checkpoint " + id + ": its vocabulary is "
                    + manifest.contents().vocabularyFingerprint() + ", the job serves "
                    + dialect.vocabulary().hex()
                    + ". Distil from the version that this job started with, or start a job for the new vocabulary.");
        }
        // the files too: a manifest only claims what they are
        Dialect.read(engine, store.directory(id)).objection(dialect).ifPresent(objection -> {
            throw new CheckpointRejectedException("Cannot serve checkpoint " + id + ": " + objection + ".");
        });
        LanguageModel model = engine.open(store.directory(id), kernel);
        AskHead head = head(id, store.directory(id), model);
        try {
            Optional<String> objection =
                    Probes.objection(model, manifest.contents().probes(), kernel);
            if (objection.isPresent()) {
                throw new CheckpointRejectedException("Cannot serve checkpoint " + id + ": " + objection.get());
            }
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
        return new ModelVersion(
                id,
                model,
                head,
                "sha256 of " + manifest.contents().files().size() + " files, "
                        + manifest.contents().probes().size() + " probes",
                clock.millis() - started);
    }

    /** The version's ask head; a version that the policy cannot decide by is refused here, not on the task thread. */
    private AskHead head(CheckpointId id, Path directory, LanguageModel model) {
        try {
            AskHead head = AskHeadFile.read(directory);
            policy.scorer(head, model.shape());
            return head;
        } catch (IllegalArgumentException e) {
            model.close();
            throw new CheckpointRejectedException("Cannot serve checkpoint " + id + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
