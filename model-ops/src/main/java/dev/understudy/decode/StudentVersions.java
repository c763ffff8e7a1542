package dev.understudy.decode;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.lm.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The student versions that sequences run on: one serves, one may be a canary, others run out. Owned by the task
 * thread; closes the caches, not the models.
 */
final class StudentVersions implements AutoCloseable {
    private final AskPolicy policy;
    private final int capacity;
    private final DecodeListener listener;
    private final List<ModelRows> versions = new ArrayList<>();
    private @Nullable ModelRows serving;
    private @Nullable ModelRows canary;
    private double canaryShare;

    StudentVersions(AskPolicy policy, int capacity, DecodeListener listener) {
        this.policy = policy;
        this.capacity = capacity;
        this.listener = listener;
    }

    void serve(String version, LanguageModel model, AskHead head) {
        serving = rowsOf(version, model, head);
        canary = null;
        dropDrained();
    }

    void canary(String version, LanguageModel model, AskHead head, double share) {
        canary = rowsOf(version, model, head);
        canaryShare = share;
        dropDrained();
    }

    boolean isServing() {
        return serving != null;
    }

    /** Version that new sequences go to; empty before the first {@link #serve}. */
    String serving() {
        return serving == null ? "" : serving.version;
    }

    /** A copy: a finished sequence may drain its version and take it off the list. */
    List<ModelRows> all() {
        return List.copyOf(versions);
    }

    boolean haveWork() {
        for (ModelRows rows : versions) {
            if (rows.hasWork()) {
                return true;
            }
        }
        return false;
    }

    int running() {
        int running = 0;
        for (ModelRows rows : versions) {
            running += rows.running();
        }
        return running;
    }

    /** Where a new sequence goes; only while a version serves. */
    ModelRows versionFor(Sequence sequence) {
        ModelRows candidate = canary;
        if (candidate != null && sequence.draws.uniform(0, Draws.Purpose.CANARY) < canaryShare) {
            return candidate;
        }
        ModelRows otherwise = serving;
        if (otherwise == null) {
            throw new IllegalStateException("[BUG] a sequence is placed before a version serves");
        }
        return otherwise;
    }

    ModelRows holding(Sequence sequence) {
        for (ModelRows rows : versions) {
            if (rows.holds(sequence)) {
                return rows;
            }
        }
        throw new IllegalStateException(
                "[BUG] sequence " + sequence.prompt.id() + " has no row; phase " + sequence.phase);
    }

    void release(Sequence sequence) {
        holding(sequence).release(sequence);
        dropDrained();
    }

    private ModelRows rowsOf(String version, LanguageModel model, AskHead head) {
        for (ModelRows rows : versions) {
            if (rows.model == model && rows.version.equals(version)) {
                return rows;
            }
        }
        ModelRows rows = new ModelRows(version, model, policy, head, capacity);
        versions.add(rows);
        return rows;
    }

    private void dropDrained() {
        for (ModelRows rows : List.copyOf(versions)) {
            if (rows != serving && rows != canary && rows.running() == 0) {
                versions.remove(rows);
                rows.close();
                listener.drained(rows.version, rows.model);
            }
        }
    }

    @Override
    public void close() {
        versions.forEach(ModelRows::close);
        versions.clear();
    }
}
