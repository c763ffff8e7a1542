package dev.understudy.distil;

import dev.understudy.distil.divergence.Divergence;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.StepReport;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One distillation round: from the parent checkpoint, a fixed number of optimiser steps on a frozen snapshot,
 * deterministic in (parent, snapshot, configuration). Owns native memory; confined to one thread; whoever made it
 * closes it.
 */
public final class Round implements AutoCloseable {
    private static final int VERSION = 2;
    private static final String STATE_FOLDER = "trainer";
    private static final String ROUND_FILE = "round.bin";
    private static final double SMOOTHING = 0.1;
    /** Files that the trainer writes itself or that certify the parent, not the candidate. */
    private static final Set<String> NOT_INHERITED =
            Set.of("config.json", "manifest.json", "model.safetensors.index.json");

    private final Trainer trainer;
    private final Path parent;
    private final TrainingSnapshot snapshot;
    private final DistilConfig config;
    private final BatchPlan plan;
    private final int topK;
    private long step;
    private double loss;

    private Round(Trainer trainer, Path parent, TrainingSnapshot snapshot, DistilConfig config, long step) {
        this.trainer = trainer;
        this.parent = parent;
        this.snapshot = snapshot;
        this.config = config;
        this.step = step;
        loss = Double.NaN;
        plan = new BatchPlan(snapshot, config, trainer.shape().context());
        topK = Math.min(config.objective().topK(), trainer.shape().vocabulary());
    }

    /** Opens the parent with fresh optimiser moments. */
    public static Round begin(Engine engine, Path parent, TrainingSnapshot snapshot, DistilConfig config) {
        return make(engine.trainer(parent), parent, snapshot, config, 0, Double.NaN);
    }

    /** Continues bit for bit what {@link #saveTo} wrote, snapshot and configuration included. */
    public static Round resume(Engine engine, Path directory) {
        Path file = directory.resolve(ROUND_FILE);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("Round state " + file + " has version " + version + "; this build reads version "
                        + VERSION + ". Resume with the build that wrote it, or delete it.");
            }
            Path parent = Path.of(in.readUTF());
            long step = in.readLong();
            double loss = in.readDouble();
            DistilConfig config = new DistilConfig(
                    in.readInt(),
                    in.readInt(),
                    in.readDouble(),
                    in.readInt(),
                    in.readDouble(),
                    readObjective(in),
                    in.readLong());
            TrainingSnapshot snapshot = TrainingSnapshot.readFrom(in);
            return make(engine.resume(directory.resolve(STATE_FOLDER)), parent, snapshot, config, step, loss);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot resume the round in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Round make(
            Trainer trainer, Path parent, TrainingSnapshot snapshot, DistilConfig config, long step, double loss) {
        try {
            Round round = new Round(trainer, parent, snapshot, config, step);
            round.loss = loss;
            return round;
        } catch (RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /** One optimiser step of bounded work; false when the round is complete (and then does nothing). */
    public boolean step() {
        if (step >= config.steps()) {
            return false;
        }
        Hyper hyper = Hyper.of(config.learningRateAt(step));
        List<TrainingBatch> parts = List.of(BatchPlan.batch(plan.rows(step), topK));
        StepReport report = trainer.step(parts, config.objective().divergence().loss(), hyper);
        loss = Double.isNaN(loss) ? report.loss() : loss + SMOOTHING * (report.loss() - loss);
        step++;
        return true;
    }

    /** What it learns from. */
    public TrainingSnapshot snapshot() {
        return snapshot;
    }

    public RoundProgress progress() {
        return new RoundProgress(snapshot.round(), step, config.steps(), loss);
    }

    /**
     * Writes everything that {@link #resume} needs into a new or empty directory. The round's own file is written last:
     * where it is missing, the save was interrupted.
     */
    public void saveTo(Path directory) {
        try {
            Path state = Files.createDirectories(directory.resolve(STATE_FOLDER));
            trainer.saveState(state);
            Path file = directory.resolve(ROUND_FILE);
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
                writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot save round " + snapshot.round() + " to " + directory, e);
        }
    }

    /** Writes the candidate as a Hugging Face directory and returns it; only after the last step. */
    public Path finish(Path directory, Storage storage) {
        if (step < config.steps()) {
            throw new IllegalStateException(
                    "[BUG] round " + snapshot.round() + " finished at step " + step + " of " + config.steps());
        }
        try {
            Files.createDirectories(directory);
            trainer.saveModel(directory, storage);
            inherit(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write the candidate of round " + snapshot.round() + " to " + directory, e);
        }
        return directory;
    }

    @Override
    public void close() {
        trainer.close();
    }

    private void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeUTF(parent.toString());
        out.writeLong(step);
        out.writeDouble(loss);
        out.writeInt(config.steps());
        out.writeInt(config.batch());
        out.writeDouble(config.learningRate());
        out.writeInt(config.warmUp());
        out.writeDouble(config.replayShare());
        writeObjective(out, config.objective());
        out.writeLong(config.seed());
        snapshot.writeTo(out);
    }

    private static void writeObjective(DataOutput out, Objective objective) throws IOException {
        out.writeUTF(objective.divergence().kind());
        out.writeDouble(objective.divergence().parameter());
        out.writeInt(objective.topK());
    }

    private static Objective readObjective(DataInput in) throws IOException {
        String kind = in.readUTF();
        double parameter = in.readDouble();
        return new Objective(Divergence.of(kind, parameter, parameter), in.readInt());
    }

    /** A resumed trainer no longer knows the parent's tokenizer and template; they are copied here. */
    private void inherit(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(parent)) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            boolean isText = name.endsWith(".json")
                    || name.endsWith(".jinja")
                    || name.endsWith(".txt")
                    || name.endsWith(".model");
            Path target = directory.resolve(name);
            if (isText && !NOT_INHERITED.contains(name) && !Files.exists(target)) {
                Files.copy(file, target);
            }
        }
    }
}
