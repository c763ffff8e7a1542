package dev.understudy.flink.distil;

import dev.understudy.gate.GateExample;
import dev.understudy.gate.GateSet;
import dev.understudy.signal.LabelledSequence;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a round's candidate is judged by, frozen when the round begins and saved with it: a resumed round is judged by
 * the same sequences, whatever came in since.
 *
 * @param sequences labelled at every position and never trained on, at least one
 */
record HeldOut(List<LabelledSequence> sequences) {
    private static final int VERSION = 1;
    private static final String FILE = "held-out.bin";

    HeldOut {
        sequences = List.copyOf(sequences);
    }

    /** The same as examples for the gate. */
    GateSet gateSet() {
        List<GateExample> examples = new ArrayList<>();
        sequences.forEach(sequence -> GateExample.of(sequence).ifPresent(examples::add));
        return new GateSet(examples);
    }

    /** Writes them into the directory of a save. */
    void saveTo(Path directory) {
        Path file = directory.resolve(FILE);
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeByte(VERSION);
            out.writeInt(sequences.size());
            for (LabelledSequence sequence : sequences) {
                sequence.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ". Check distil.work and its disk.", e);
        }
    }

    /** Reads what {@link #saveTo} wrote; empty when the save has none, as those of earlier releases. */
    static Optional<HeldOut> readFrom(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("it has version " + version + ", this build reads version " + VERSION
                        + ". Resume with the build that wrote it, or delete it.");
            }
            int count = in.readInt();
            List<LabelledSequence> sequences = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sequences.add(LabelledSequence.readFrom(in));
            }
            return Optional.of(new HeldOut(sequences));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot resume the round with " + file + ": " + e.getMessage(), e);
        }
    }
}
