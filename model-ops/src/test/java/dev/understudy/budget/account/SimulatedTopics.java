package dev.understudy.budget.account;

import dev.understudy.budget.account.BudgetSimulation.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The topics {@code usage} and {@code control}, compacted at every write, which is the least that a broker may keep.
 * Control has transactions: grants of an open one are seen by readers of uncommitted records alone, and may be
 * committed, aborted or still open when their writer is gone.
 */
final class SimulatedTopics {
    private final Fault fault;
    private final Map<Object, Usage> usage = new LinkedHashMap<>();
    private final Map<HelpCounter, Placed> control = new LinkedHashMap<>();
    /** Transactions whose writer is gone and whose end is not yet decided. */
    private final List<List<Placed>> undecided = new ArrayList<>();

    private long end;

    /** A record at its offset: of two with one key the later in the log is kept, whichever was committed first. */
    private record Placed(Grant grant, long offset) {}

    SimulatedTopics(Fault fault) {
        this.fault = fault;
    }

    void publish(Usage record) {
        Object key = fault == Fault.RECORDS_OF_OWNERS_SHARE_A_KEY
                ? record.counter()
                : new Written(record.counter(), record.ownerEpoch());
        usage.put(key, record);
    }

    void deleteUsage(Written written) {
        usage.remove(fault == Fault.RECORDS_OF_OWNERS_SHARE_A_KEY ? written.counter() : written);
    }

    Collection<Usage> usage() {
        return usage.values();
    }

    void commit(List<Grant> transaction) {
        placed(transaction).forEach(this::keep);
    }

    void leaveOpen(List<Grant> transaction) {
        if (!transaction.isEmpty()) {
            undecided.add(placed(transaction));
        }
    }

    /** Commits a transaction that was left open; returns it. */
    List<Grant> commitUndecided() {
        List<Placed> transaction = undecided.isEmpty() ? List.of() : undecided.remove(0);
        transaction.forEach(this::keep);
        return transaction.stream().map(Placed::grant).toList();
    }

    private List<Placed> placed(List<Grant> grants) {
        return grants.stream().map(grant -> new Placed(grant, end++)).toList();
    }

    private void keep(Placed record) {
        control.merge(record.grant().counter(), record, (a, b) -> a.offset() > b.offset() ? a : b);
    }

    Collection<Grant> committed() {
        return control.values().stream().map(Placed::grant).toList();
    }

    /** What a reader of uncommitted records finds. */
    List<Grant> all() {
        List<Grant> all = new ArrayList<>(committed());
        undecided.forEach(transaction -> transaction.forEach(record -> all.add(record.grant())));
        return all;
    }

    void deleteGrant(HelpCounter counter) {
        control.remove(counter);
    }
}
