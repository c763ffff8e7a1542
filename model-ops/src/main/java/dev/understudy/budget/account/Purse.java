package dev.understudy.budget.account;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One counter as its spender sees it. {@code consumed} is spent plus released: what is handed back is used up here like
 * what is spent, so the one reserve covers both and a restore can never spend again what it had handed back.
 * {@code held} is set aside for calls under way, within the reserve too; it becomes spent or free again when the real
 * cost is known.
 */
final class Purse {
    private final HelpCounter counter;
    private final TreeMap<Long, Usage> unconfirmed = new TreeMap<>();
    /** Owners whose records of this counter are on the usage topic. */
    private final TreeSet<Long> writers = new TreeSet<>();

    private long granted;
    private long consumed;
    private long held;
    private long released;
    private long reserveWritten;
    private long reserveUsable;
    private long wanted;
    private boolean poolEmpty;
    private @Nullable Usage confirmed;

    Purse(HelpCounter counter) {
        this.counter = counter;
    }

    HelpCounter counter() {
        return counter;
    }

    /** Owners whose records of this counter can be deleted once the window is past. */
    List<Long> writers() {
        return List.copyOf(writers);
    }

    /**
     * Takes a record of an earlier owner. All that it may have spent counts as spent: help may be lost, never doubled.
     */
    void restore(Usage earlier) {
        writers.add(earlier.ownerEpoch());
        reserveWritten = Math.max(reserveWritten, earlier.reserved());
        reserveUsable = reserveWritten;
        consumed = reserveWritten;
        released = Math.max(released, earlier.released());
        wanted = Math.max(wanted, earlier.wanted());
    }

    void granted(long total, boolean empty) {
        if (total >= granted) {
            granted = total;
            poolEmpty = empty;
        }
    }

    boolean poolEmpty() {
        return poolEmpty;
    }

    /** Units that can be spent now. */
    long available() {
        return Math.max(0, Math.min(granted, reserveUsable) - consumed - held);
    }

    /** Units granted and neither consumed nor held, whether the reserve covers them yet or not. */
    long unspent() {
        return Math.max(0, granted - consumed - held);
    }

    long held() {
        return held;
    }

    void hold(long units) {
        if (units > available()) {
            throw new IllegalStateException("[BUG] holding " + units + " of " + available() + " from " + counter);
        }
        held += units;
    }

    /** Ends the holding of some units, of which so many were spent. */
    void settle(long units, long spent) {
        if (units > held || spent > units) {
            throw new IllegalStateException(
                    "[BUG] settling " + units + " of " + held + " held, " + spent + " spent, from " + counter);
        }
        held -= units;
        consumed += spent;
    }

    /** Hands back all that could be spent now; only a usable reserve covers it against a restore. */
    void release() {
        long units = available();
        consumed += units;
        released += units;
    }

    void want(long more) {
        wanted = Math.max(wanted, consumed + held + more);
    }

    /** Raises the reserve by what is needed within the grant; usable once the checkpoint completes. */
    void reserve(long headroom) {
        long used = consumed + held;
        long reachable = headroom > granted - used ? granted : used + headroom;
        reserveWritten = Math.max(reserveWritten, reachable);
    }

    Usage snapshot(long checkpointId, long ownerEpoch) {
        Usage usage = new Usage(counter, ownerEpoch, consumed - released, released, reserveWritten, wanted);
        unconfirmed.put(checkpointId, usage);
        return usage;
    }

    /** Whether the last completed checkpoint published something else than this. */
    boolean needsPublishing(Usage usage) {
        if (usage.equals(confirmed)) {
            return false;
        }
        writers.add(usage.ownerEpoch());
        return true;
    }

    void checkpointCompleted(long checkpointId) {
        var covered = unconfirmed.headMap(checkpointId, true);
        if (!covered.isEmpty()) {
            Usage last = covered.lastEntry().getValue();
            confirmed = last;
            reserveUsable = Math.max(reserveUsable, last.reserved());
            covered.clear();
        }
    }
}
