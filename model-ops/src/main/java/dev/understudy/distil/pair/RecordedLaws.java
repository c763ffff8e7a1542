package dev.understudy.distil.pair;

import dev.understudy.distil.PairTrainer;
import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.train.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What a teacher says at every answer token of a set of pairs, asked once and kept in a file: K ids and K natural-log
 * probabilities a token. An interrupted recording goes on where it stopped. The caller makes sure that the file belongs
 * to the same pairs and teacher. Not thread safe; whoever opened it closes it.
 */
public final class RecordedLaws implements AutoCloseable {
    private static final long MAGIC = 0x554e4445524c4157L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 32;
    private static final int DONE_AT = 24;
    private static final int ROWS = 32;

    private final FileChannel channel;
    private final List<Pair> pairs;
    private final int topK;
    private final long[] starts;
    private final int[] order;
    private int done;

    private RecordedLaws(FileChannel channel, List<Pair> pairs, int topK) {
        this.channel = channel;
        this.pairs = pairs;
        this.topK = topK;
        starts = new long[pairs.size()];
        long at = HEADER_BYTES;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += (long) pairs.get(i).answer().length * topK * (Integer.BYTES + Float.BYTES);
        }
        order = EpochPlan.byLength(pairs.stream().mapToInt(Pair::length).toArray());
    }

    /**
     * Opens a file for these pairs, or begins it.
     *
     * @param topK ids a token, at least 2 and at most the vocabulary
     * @throws IllegalArgumentException when the file holds something else
     */
    public static RecordedLaws open(Path file, PairSet set, int topK) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            RecordedLaws laws = new RecordedLaws(channel, set.pairs(), topK);
            if (channel.size() < HEADER_BYTES) {
                laws.writeHeader();
            } else {
                laws.readHeader(file);
            }
            return laws;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void writeHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC)
                .putInt(VERSION)
                .putInt(topK)
                .putInt(pairs.size())
                .putInt(0)
                .putLong(0);
        write(header.flip(), 0);
    }

    private void readHeader(Path file) throws IOException {
        ByteBuffer header = read(0, HEADER_BYTES);
        boolean known = header.getLong() == MAGIC && header.getInt() == VERSION;
        int k = header.getInt();
        int count = header.getInt();
        header.getInt();
        long finished = header.getLong();
        if (!known || k != topK || count != pairs.size() || finished < 0 || finished > count) {
            throw new IllegalArgumentException("Cannot use the recorded laws " + file + ": found " + count
                    + " pairs with top-" + k + ", expected " + pairs.size() + " with top-" + topK
                    + "; delete the file to record again.");
        }
        done = (int) finished;
    }

    /** True when every pair is recorded. */
    public boolean isComplete() {
        return done == pairs.size();
    }

    /**
     * Asks the teacher for what is missing, shortest pairs first.
     *
     * @param teacher model of the same vocabulary
     * @param progress is told the number of recorded pairs after each batch
     * @param interrupted asked after each batch; true ends the recording early
     */
    public void record(LanguageModel teacher, LongConsumer progress, BooleanSupplier interrupted) throws IOException {
        while (done < pairs.size() && !interrupted.getAsBoolean()) {
            int[] numbers = Arrays.copyOfRange(order, done, Math.min(pairs.size(), done + ROWS));
            List<Pair> rows = Arrays.stream(numbers).mapToObj(pairs::get).toList();
            TokenBatch tokens = PairTrainer.tokens(rows);
            Scores scores = new Scores(tokens.positions().length, topK, 0);
            teacher.score(tokens, scores);
            int at = 0;
            for (int number : numbers) {
                int entries = pairs.get(number).answer().length * topK;
                ByteBuffer laws = ByteBuffer.allocate(entries * (Integer.BYTES + Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
                for (int i = at; i < at + entries; i++) {
                    laws.putInt(scores.topIds[i]);
                }
                for (int i = at; i < at + entries; i++) {
                    laws.putFloat(scores.topLogProbabilities[i]);
                }
                write(laws.flip(), starts[number]);
                at += entries;
            }
            done += numbers.length;
            // the count follows the laws: a process that is killed between the two asks for one batch again
            channel.force(false);
            write(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(done)
                            .flip(),
                    DONE_AT);
            progress.accept(done);
        }
    }

    /** The laws of pairs, one after the other. */
    public Targets.TopK of(int[] numbers) {
        int entries = Arrays.stream(numbers)
                .map(number -> pairs.get(number).answer().length * topK)
                .sum();
        int[] ids = new int[entries];
        float[] logProbabilities = new float[entries];
        int at = 0;
        try {
            for (int number : numbers) {
                int count = pairs.get(number).answer().length * topK;
                ByteBuffer laws = read(starts[number], count * (Integer.BYTES + Float.BYTES));
                for (int i = at; i < at + count; i++) {
                    ids[i] = laws.getInt();
                }
                for (int i = at; i < at + count; i++) {
                    logProbabilities[i] = laws.getFloat();
                }
                at += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the recorded laws; delete the file to record again.", e);
        }
        return new Targets.TopK(topK, ids, logProbabilities);
    }

    private ByteBuffer read(long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file ends at " + (position + buffer.position()));
            }
        }
        return buffer.flip();
    }

    private void write(ByteBuffer buffer, long position) throws IOException {
        long start = position - buffer.position();
        while (buffer.hasRemaining()) {
            channel.write(buffer, start + buffer.position());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
