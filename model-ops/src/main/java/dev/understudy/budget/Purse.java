package dev.understudy.budget;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One counter as its spender sees it. {@code consumed} is spent plus released: what is handed back is used up here like
 * what is spent, so the one reserve covers both and a restore can never spend again what it had handed back.
 */
final class Purse {
    private final HelpCounter counter;
    private final TreeMap<Long, Usage> unconfirmed = new TreeMap<>();
    private long granted;
    private long consumed;
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

    /**
     * Takes a record of an earlier owner. All that it may have spent counts as spent: help may be lost, never doubled.
     */
    void restore(Usage earlier) {
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
        return Math.max(0, Math.min(granted, reserveUsable) - consumed);
    }

    /** Units granted and not consumed, whether the reserve covers them yet or not. */
    long unspent() {
        return Math.max(0, granted - consumed);
    }

    void spend(long units) {
        if (units > available()) {
            throw new IllegalStateException("[BUG] spending " + units + " of " + available() + " from " + counter);
        }
        consumed += units;
    }

    /** Hands back all that could be spent now; only a usable reserve covers it against a restore. */
    void release() {
        long units = available();
        consumed += units;
        released += units;
    }

    void want(long more) {
        wanted = Math.max(wanted, consumed + more);
    }

    /** Raises the reserve by what is needed within the grant; usable once the checkpoint completes. */
    void reserve(long headroom) {
        long reachable = headroom > granted - consumed ? granted : consumed + headroom;
        reserveWritten = Math.max(reserveWritten, reachable);
    }

    Usage snapshot(long checkpointId, long ownerEpoch) {
        Usage usage = new Usage(counter, ownerEpoch, consumed - released, released, reserveWritten, wanted);
        unconfirmed.put(checkpointId, usage);
        return usage;
    }

    /** Whether the last completed checkpoint published something else than this. */
    boolean needsPublishing(Usage usage) {
        return !usage.equals(confirmed);
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
