package dev.understudy.lm;

import java.nio.file.Path;

/**
 * Weights under training with their AdamW moments, in native memory. Confined to one thread at a time; whoever made it
 * closes it. A NaN or infinite loss throws and leaves the weights as they were before the step.
 */
public interface Trainer extends AutoCloseable {
    ModelShape shape();

    /** Optimiser steps taken, those of a resumed state included. */
    long steps();

    /**
     * Forward KL from the teacher's top-k plus tail bucket to the student, gradient, clipping, AdamW: one native call.
     *
     * @throws IllegalStateException when loss or gradient norm is not finite
     */
    StepReport step(TrainingBatch batch, Hyper hyper);

    /**
     * Writes a complete Hugging Face directory: the current weights as {@code model.safetensors} and
     * {@code config.json}; tokenizer files are copied from the directory the trainer was opened from, if any.
     */
    void saveModel(Path directory, Storage storage);

    /** Writes weights, moments and the step count, so that {@link Engine#resume} continues bit for bit. */
    void saveState(Path directory);

    @Override
    void close();
}
