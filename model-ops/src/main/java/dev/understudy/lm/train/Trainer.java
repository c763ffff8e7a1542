package dev.understudy.lm.train;

import dev.understudy.lm.Storage;
import dev.understudy.lm.shape.ModelShape;
import java.nio.file.Path;
import java.util.List;

/**
 * Weights under training with their AdamW moments, in native memory. Confined to one thread at a time; whoever made it
 * closes it. A NaN or infinite loss throws and leaves the weights as they were before the step.
 */
public interface Trainer extends AutoCloseable {
    ModelShape shape();

    /** Optimiser steps taken, those of a resumed state included. */
    long steps();

    /**
     * Forward, loss, gradient, clipping by the global norm, AdamW. One part is one native call; several parts are one
     * call each and one for the update, with the memory of the largest part and the gradient of their union: the loss
     * is the weighted mean over the positions of all of them.
     *
     * @param parts at least one
     * @param loss what is minimised where the targets are laws; labels are always cross-entropy
     * @throws IllegalArgumentException when a part cannot be meant: ids outside the vocabulary, stored mass above 1,
     *     weights that are negative or all 0, a temperature for laws that are cut
     * @throws IllegalStateException when loss or gradient norm is not finite
     */
    StepReport step(List<TrainingBatch> parts, TokenLoss loss, Hyper hyper);

    /** One part and {@link TokenLoss#FORWARD_KL}. */
    default StepReport step(TrainingBatch batch, Hyper hyper) {
        return step(List.of(batch), TokenLoss.FORWARD_KL, hyper);
    }

    /**
     * Writes a complete Hugging Face directory: the current weights as {@code model.safetensors} and
     * {@code config.json}; tokenizer files are copied from the directory the trainer was opened from, if any.
     */
    void saveModel(Path directory, Storage storage);

    /** Writes weights, moments and the step count, so that an engine resumes bit for bit. */
    void saveState(Path directory);

    @Override
    void close();
}
