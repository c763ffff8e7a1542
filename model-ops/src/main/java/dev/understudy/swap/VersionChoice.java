package dev.understudy.swap;

import dev.understudy.checkpoint.CheckpointId;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which version should serve: the pinned one, else the newest that is neither blocked nor retired, else the one that
 * the job started with. The choice depends on what is known and not on the order in which it was heard, so an assigner
 * that starts again and hears everything again comes to the same choice. Not thread safe.
 */
public final class VersionChoice {
    private final CheckpointId initial;
    private final Map<CheckpointId, Instant> published = new HashMap<>();
    private final Set<CheckpointId> retired = new HashSet<>();
    private final Set<CheckpointId> blocked = new HashSet<>();
    private @Nullable CheckpointId pinned;
    private @Nullable Assignment last;
    private long sequence;

    /** @param initial the version that the job starts with; it can always serve */
    public VersionChoice(CheckpointId initial) {
        this.initial = initial;
    }

    /** A checkpoint was published. */
    public void published(CheckpointId id, Instant createdAt) {
        published.put(id, createdAt);
        retired.remove(id);
    }

    /** A checkpoint is retired: it is not chosen any more. */
    public void retired(CheckpointId id) {
        retired.add(id);
    }

    /** A checkpoint must not serve any more, and is never chosen again until {@link #unblocked}. */
    public void blocked(CheckpointId id) {
        blocked.add(id);
    }

    /** A block is lifted. */
    public void unblocked(CheckpointId id) {
        blocked.remove(id);
    }

    /** This version serves whatever is published, unless it is blocked. */
    public void pinned(CheckpointId id) {
        pinned = id;
    }

    /** The newest version serves again. */
    public void unpinned() {
        pinned = null;
    }

    /**
     * An assignment that was made before this start and is in force.
     *
     * @param assignment its blocks hold on
     */
    public void recover(Assignment assignment) {
        if (last == null || assignment.sequence() > last.sequence()) {
            last = assignment;
            blocked.addAll(assignment.blocked());
        }
        used(assignment.sequence());
    }

    /** A sequence number that may have been seen by somebody: later ones are larger. */
    public void used(long number) {
        sequence = Math.max(sequence, number);
    }

    /** The version that should serve. */
    public CheckpointId chosen() {
        CheckpointId pin = pinned;
        if (pin != null && !blocked.contains(pin)) {
            return pin;
        }
        return published.entrySet().stream()
                .filter(entry -> !blocked.contains(entry.getKey()) && !retired.contains(entry.getKey()))
                .max(Map.Entry.<CheckpointId, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(initial);
    }

    /** The next assignment; empty when the one in force says the same. */
    public Optional<Assignment> next() {
        CheckpointId choice = chosen();
        Assignment force = last;
        if (force != null && force.version().equals(choice) && force.blocked().equals(blocked)) {
            return Optional.empty();
        }
        if (force == null && choice.equals(initial) && blocked.isEmpty()) {
            return Optional.empty();
        }
        sequence++;
        last = new Assignment(sequence, choice, blocked);
        return Optional.of(last);
    }
}
