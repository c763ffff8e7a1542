package dev.understudy.distil;

import dev.understudy.lm.Engine;
import dev.understudy.lm.Storage;
import java.nio.file.Path;

/**
 * One distillation round: from the parent checkpoint, a fixed number of optimiser steps on a frozen snapshot,
 * deterministic in (snapshot, configuration). Owns native memory; confined to one thread; whoever made it closes it.
 */
public final class Round implements AutoCloseable {
    private Round() {}

    /** Opens the parent with fresh optimiser moments. */
    public static Round begin(Engine engine, Path parent, TrainingSnapshot snapshot, DistilConfig config) {
        throw new UnsupportedOperationException();
    }

    /** Continues bit for bit what {@link #saveTo} wrote, snapshot and configuration included. */
    public static Round resume(Engine engine, Path directory) {
        throw new UnsupportedOperationException();
    }

    /** One optimiser step of bounded work; false when the round is complete (and then does nothing). */
    public boolean step() {
        throw new UnsupportedOperationException();
    }

    public RoundProgress progress() {
        throw new UnsupportedOperationException();
    }

    /** Writes everything that {@link #resume} needs into a new or empty directory. */
    public void saveTo(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Writes the candidate as a Hugging Face directory and returns it; only after the last step. */
    public Path finish(Path directory, Storage storage) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
