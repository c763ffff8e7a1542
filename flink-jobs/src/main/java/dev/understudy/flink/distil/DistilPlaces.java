package dev.understudy.flink.distil;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Directories of the distillation job, as text because paths do not travel to task managers.
 *
 * @param store root of the checkpoint store, shared with the serving job
 * @param initialModel Hugging Face directory that serves before the first publication
 * @param work root of the staged states of running rounds; survives a restart of the task
 */
public record DistilPlaces(String store, String initialModel, String work) implements Serializable {
    public DistilPlaces {
        if (store.isBlank() || initialModel.isBlank() || work.isBlank()) {
            throw new IllegalArgumentException("Distillation needs the directories store='" + store
                    + "', initial-model='" + initialModel + "' and work='" + work + "'. Set all three.");
        }
    }

    Path storePath() {
        return Path.of(store);
    }

    Path initialModelPath() {
        return Path.of(initialModel);
    }

    Path workPath() {
        return Path.of(work);
    }
}
