package dev.understudy.flink.decode;

import dev.understudy.decode.HelpState;
import dev.understudy.decode.HelpUsed;
import dev.understudy.decode.SequenceSnapshot;
import dev.understudy.decode.StopReason;
import dev.understudy.decode.WrittenTokens;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.prompt.Warp;
import dev.understudy.signal.Author;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sequences in flight as bytes of operator state. The first byte is the layout's version: a savepoint outlives the
 * classes that wrote it, so a changed layout takes a new number and keeps a reader of the old one.
 */
final class SequenceCodec {
    private static final int VERSION = 2;
    /**
     * Written before policies other than confidence: without difficulties, drafts, min-p, repetition penalty and bias.
     */
    private static final int CONFIDENCE_ONLY = 1;

    private static final String NOT_STOPPED = "";
    private static final byte STUDENT = 0;
    private static final byte TEACHER = 1;

    private SequenceCodec() {}

    static byte[] encode(SequenceSnapshot sequence) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, sequence.prompt());
            out.writeUTF(sequence.version());
            write(out, sequence.written());
            write(out, sequence.help());
            StopReason stop = sequence.stop();
            out.writeUTF(stop == null ? NOT_STOPPED : stop.name());
            out.writeLong(sequence.startedAt().toEpochMilli());
            out.writeInt(sequence.resumed());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static SequenceSnapshot decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION && version != CONFIDENCE_ONLY) {
                throw new IllegalStateException("Cannot restore a sequence in flight: its state has layout " + version
                        + ", this program reads up to " + VERSION
                        + ". Restore with the program that wrote the savepoint.");
            }
            Prompt prompt = readPrompt(in, version);
            String student = in.readUTF();
            WrittenTokens written = readWritten(in, version);
            HelpUsed help = readHelp(in, version);
            String stop = in.readUTF();
            return new SequenceSnapshot(
                    prompt,
                    student,
                    written,
                    help,
                    stop.equals(NOT_STOPPED) ? null : StopReason.valueOf(stop),
                    Instant.ofEpochMilli(in.readLong()),
                    in.readInt());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot restore a sequence in flight: its state is cut or damaged.", e);
        }
    }

    private static void write(DataOutputStream out, Prompt prompt) throws IOException {
        out.writeUTF(prompt.id().value());
        out.writeUTF(prompt.tenant());
        out.writeUTF(prompt.workload());
        writeInts(out, prompt.tokenIds());
        Sampling sampling = prompt.sampling();
        Warp warp = sampling.warp();
        out.writeDouble(warp.temperature());
        out.writeInt(warp.topK());
        out.writeDouble(warp.topP());
        out.writeLong(sampling.seed());
        writeInts(out, sampling.stopIds().stream().mapToInt(Integer::intValue).toArray());
        out.writeInt(sampling.stopTexts().size());
        for (String text : sampling.stopTexts()) {
            out.writeUTF(text);
        }
        out.writeDouble(warp.minP());
        out.writeDouble(warp.repetitionPenalty());
        out.writeInt(warp.bias().size());
        for (Map.Entry<Integer, Double> bias : new TreeMap<>(warp.bias()).entrySet()) {
            out.writeInt(bias.getKey());
            out.writeDouble(bias.getValue());
        }
        out.writeInt(prompt.maxTokens());
        out.writeBoolean(prompt.consent());
        out.writeLong(prompt.submittedAt().toEpochMilli());
    }

    private static Prompt readPrompt(DataInputStream in, int version) throws IOException {
        PromptId id = new PromptId(in.readUTF());
        String tenant = in.readUTF();
        String workload = in.readUTF();
        int[] tokenIds = readInts(in);
        Sampling sampling = readSampling(in, version);
        return new Prompt(
                id,
                tenant,
                workload,
                tokenIds,
                sampling,
                in.readInt(),
                in.readBoolean(),
                Instant.ofEpochMilli(in.readLong()));
    }

    private static Sampling readSampling(DataInputStream in, int version) throws IOException {
        double temperature = in.readDouble();
        int topK = in.readInt();
        double topP = in.readDouble();
        long seed = in.readLong();
        List<Integer> stopIds = new ArrayList<>();
        for (int stop : readInts(in)) {
            stopIds.add(stop);
        }
        List<String> stopTexts = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            stopTexts.add(in.readUTF());
        }
        if (version == CONFIDENCE_ONLY) {
            return new Sampling(temperature, topK, topP, seed, stopIds, stopTexts);
        }
        double minP = in.readDouble();
        double penalty = in.readDouble();
        Map<Integer, Double> bias = new HashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            bias.put(in.readInt(), in.readDouble());
        }
        return new Sampling(new Warp(temperature, topK, topP, minP, penalty, bias), seed, stopIds, stopTexts);
    }

    private static void write(DataOutputStream out, WrittenTokens written) throws IOException {
        writeInts(out, written.ids());
        writeInts(out, written.studentArgmax());
        for (int t = 0; t < written.size(); t++) {
            out.writeByte(written.authors().get(t) == Author.STUDENT ? STUDENT : TEACHER);
            out.writeFloat(written.studentConfidence()[t]);
            out.writeFloat(written.difficulty()[t]);
            writeLaw(out, written.teacher().get(t));
        }
    }

    private static WrittenTokens readWritten(DataInputStream in, int version) throws IOException {
        int[] ids = readInts(in);
        int[] argmax = readInts(in);
        List<Author> authors = new ArrayList<>(ids.length);
        float[] confidence = new float[ids.length];
        float[] difficulty = new float[ids.length];
        List<@Nullable TeacherDistribution> teacher = new ArrayList<>(ids.length);
        for (int t = 0; t < ids.length; t++) {
            authors.add(in.readByte() == STUDENT ? Author.STUDENT : Author.TEACHER);
            confidence[t] = in.readFloat();
            difficulty[t] = version == CONFIDENCE_ONLY ? 1 - confidence[t] : in.readFloat();
            teacher.add(readLaw(in));
        }
        return new WrittenTokens(ids, authors, argmax, confidence, difficulty, teacher);
    }

    private static void writeLaw(DataOutputStream out, @Nullable TeacherDistribution law) throws IOException {
        if (law == null) {
            out.writeByte(0);
            return;
        }
        out.writeByte(law.ids().length);
        for (int k = 0; k < law.ids().length; k++) {
            out.writeInt(law.ids()[k]);
            out.writeFloat(law.logProbabilities()[k]);
        }
    }

    private static @Nullable TeacherDistribution readLaw(DataInputStream in) throws IOException {
        int stored = in.readUnsignedByte();
        if (stored == 0) {
            return null;
        }
        int[] ids = new int[stored];
        float[] logProbabilities = new float[stored];
        for (int k = 0; k < stored; k++) {
            ids[k] = in.readInt();
            logProbabilities[k] = in.readFloat();
        }
        return new TeacherDistribution(ids, logProbabilities);
    }

    private static void write(DataOutputStream out, HelpUsed help) throws IOException {
        out.writeUTF(help.state().name());
        out.writeInt(help.asks());
        out.writeInt(help.teacherTokens());
        out.writeInt(help.masked());
        out.writeInt(help.drafts().written());
        out.writeInt(help.drafts().rejected());
        out.writeLong(help.outlay().microDollars());
        out.writeLong(help.outlay().waitedMillis());
        out.writeDouble(help.survival());
    }

    private static HelpUsed readHelp(DataInputStream in, int version) throws IOException {
        HelpState state = HelpState.valueOf(in.readUTF());
        int asks = in.readInt();
        int teacherTokens = in.readInt();
        int masked = in.readInt();
        return version == CONFIDENCE_ONLY
                ? new HelpUsed(state, asks, teacherTokens, masked)
                : new HelpUsed(
                        state,
                        asks,
                        teacherTokens,
                        masked,
                        new HelpUsed.Drafts(in.readInt(), in.readInt()),
                        new HelpUsed.Outlay(in.readLong(), in.readLong()),
                        in.readDouble());
    }

    private static void writeInts(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] readInts(DataInputStream in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }
}
