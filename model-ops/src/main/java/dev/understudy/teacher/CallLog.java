package dev.understudy.teacher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Append-only log of a teacher's calls, one JSON object a line: the independent record by which budgets are judged.
 * Thread safe.
 */
public final class CallLog implements AutoCloseable {
    /** Purpose of an entry that corrects the cost of an earlier one. */
    public static final String SETTLED = "SETTLED";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Writer out;
    private final Clock clock;

    /**
     * One call as logged.
     *
     * @param at milliseconds since the epoch when the call was received
     * @param window start of the paying window in milliseconds since the epoch
     * @param purpose why, or {@link #SETTLED} for what an earlier call has cost less than its worst case
     * @param microDollars worst case of the call; negative when settled, so that the entries of a call add up to its
     *     real cost
     */
    public record Entry(
            long at,
            String call,
            String sequence,
            String tenant,
            String workload,
            long window,
            String purpose,
            long tokens,
            long calls,
            long microDollars) {}

    /** Opens the file for appending, making it and its folder when they do not exist. */
    public CallLog(Path file, Clock clock) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            out = Files.newBufferedWriter(
                    file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot open the teacher's call log " + file + ". Check the folder's rights.", e);
        }
        this.clock = clock;
    }

    /** Writes and flushes one line for a call that costs no money. */
    public void append(Look look) {
        append(look, 0);
    }

    /**
     * Writes and flushes one line.
     *
     * @param microDollars the most that the call can cost
     */
    public void append(Look look, long microDollars) {
        write(look, look.purpose().name(), look.tokens(), 1, microDollars);
    }

    /** Writes what a call has cost less than its worst case; nothing where that was it. */
    public void settle(Look look, long worst, long real) {
        if (real != worst) {
            write(look, SETTLED, 0, 0, real - worst);
        }
    }

    private synchronized void write(Look look, String purpose, long tokens, long calls, long microDollars) {
        Entry entry = new Entry(
                clock.millis(),
                look.callId(),
                look.sequence(),
                look.tenant(),
                look.workload(),
                look.windowStart().toEpochMilli(),
                purpose,
                tokens,
                calls,
                microDollars);
        try {
            out.write(JSON.writeValueAsString(entry));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the teacher's call log; the call is refused.", e);
        }
    }

    /** All entries of a log; a line cut by a crash is skipped at the end of the file only. */
    public static List<Entry> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            List<Entry> entries = new ArrayList<>(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                try {
                    entries.add(JSON.readValue(lines.get(i), Entry.class));
                } catch (JsonProcessingException e) {
                    if (i < lines.size() - 1) {
                        throw e;
                    }
                }
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the teacher's call log " + file + ".", e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close the teacher's call log.", e);
        }
    }
}
