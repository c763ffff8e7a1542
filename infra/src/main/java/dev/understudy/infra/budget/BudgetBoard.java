package dev.understudy.infra.budget;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.Scope;
import dev.understudy.budget.control.AgreementEstimate;
import dev.understudy.budget.control.HelpUse;
import dev.understudy.budget.control.SightSums;
import dev.understudy.budget.control.WorkloadTally;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.topic.TopicFollower;
import dev.understudy.flink.topic.TopicFollower.Isolation;
import dev.understudy.flink.wire.BudgetRecords;
import dev.understudy.infra.budget.BudgetStatus.CapStatus;
import dev.understudy.infra.budget.BudgetStatus.WorkloadStatus;
import dev.understudy.wire.Topics;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.budget.BudgetConfigured;
import dev.understudy.wire.budget.HelpGranted;
import dev.understudy.wire.budget.HelpSpent;
import dev.understudy.wire.budget.HelpUnit;
import dev.understudy.wire.budget.PriceSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What the control and usage topics say of all budgets at one moment. Confined to one thread. */
public final class BudgetBoard {
    private final Map<Cap, BudgetConfigured> caps = new TreeMap<>();
    private final Map<Account, HelpGranted> grants = new HashMap<>();
    private final Map<Account, List<HelpSpent>> spent = new HashMap<>();
    private final Map<WorkloadTally.Source, Seen> tallies = new HashMap<>();
    private final Map<List<String>, PriceSet> prices = new HashMap<>();

    private record Cap(String tenant, String part, HelpUnit unit) implements Comparable<Cap> {
        private static final Comparator<Cap> ORDER =
                Comparator.comparing(Cap::tenant).thenComparing(Cap::part).thenComparing(Cap::unit);

        @Override
        public int compareTo(Cap other) {
            return ORDER.compare(this, other);
        }
    }

    private record Account(String tenant, String part, HelpUnit unit, Instant window, String shard) {}

    private record Seen(WorkloadTally tally, Instant at) {}

    /** Reads both topics to their present end. */
    public static BudgetBoard read(KafkaAccess kafka) {
        BudgetBoard board = new BudgetBoard();
        BudgetRecords records = new BudgetRecords(kafka, BudgetConfig.of(List.of()));
        WireCodec<SpecificRecord> control = WireCodec.of(Topics.CONTROL);
        WireCodec<HelpSpent> usage = WireCodec.of(HelpSpent.class);
        try (TopicFollower follower =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.CONTROL), Isolation.COMMITTED)) {
            follower.readToEnd(value -> board.take(decode(control, value)));
        }
        try (TopicFollower follower =
                new TopicFollower(kafka.bootstrapServers(), kafka.name(Topics.USAGE), Isolation.UNCOMMITTED)) {
            follower.readToEnd(value -> board.take(decode(usage, value), records, value));
        }
        return board;
    }

    private static <T extends SpecificRecord> @Nullable T decode(WireCodec<T> codec, byte[] value) {
        try {
            return codec.decode(value);
        } catch (WireException newer) {
            // A kind that this release does not know says nothing about a budget that it does.
            return null;
        }
    }

    private void take(@Nullable SpecificRecord record) {
        if (record instanceof BudgetConfigured one) {
            caps.put(new Cap(one.getTenant(), one.getWorkload(), one.getUnit()), one);
        } else if (record instanceof HelpGranted one) {
            Account account = new Account(
                    one.getTenant(), one.getWorkload(), one.getUnit(), one.getWindowStart(), one.getShard());
            grants.merge(account, one, (a, b) -> a.getGranted() > b.getGranted() ? a : b);
        } else if (record instanceof PriceSet one) {
            prices.put(List.of(one.getTenant(), one.getWorkload(), version(one.getVersion())), one);
        }
    }

    private void take(@Nullable HelpSpent record, BudgetRecords records, byte[] value) {
        if (record == null) {
            return;
        }
        if (record.getVersion() != null) {
            records.tally(value).ifPresent(tally -> tallies.put(tally.source(), new Seen(tally, record.getAt())));
            return;
        }
        Account account = new Account(
                record.getTenant(), record.getWorkload(), record.getUnit(), record.getWindowStart(), record.getShard());
        spent.computeIfAbsent(account, a -> new ArrayList<>()).add(record);
    }

    private static String version(@Nullable String version) {
        return version == null ? "" : version;
    }

    /** Names of all tenants that a job has told of. */
    public List<String> tenants() {
        return caps.keySet().stream().map(Cap::tenant).distinct().toList();
    }

    /** The record in force for a cap, or null when there is none. */
    public @Nullable BudgetConfigured cap(String tenant, String part, HelpUnit unit) {
        return caps.get(new Cap(tenant, part, unit));
    }

    /** How a tenant does in the window of {@code now}. */
    public BudgetStatus status(String tenant, Instant now) {
        Duration window = null;
        String target = null;
        List<CapStatus> its = new ArrayList<>();
        for (Map.Entry<Cap, BudgetConfigured> entry : caps.entrySet()) {
            if (entry.getKey().tenant().equals(tenant)) {
                BudgetConfigured configured = entry.getValue();
                if (configured.getWindowMillis() > 0) {
                    window = Duration.ofMillis(configured.getWindowMillis());
                }
                if (configured.getTargetKind() != null) {
                    target = configured.getTargetKind().name().toLowerCase(Locale.ROOT) + "=" + configured.getTarget();
                }
                its.add(status(entry.getKey(), configured, now));
            }
        }
        return new BudgetStatus(tenant, window, target, its, workloads(tenant));
    }

    private CapStatus status(Cap cap, BudgetConfigured configured, Instant now) {
        long granted = 0;
        long used = 0;
        long waiting = 0;
        TreeSet<Account> accounts =
                new TreeSet<>(Comparator.comparing(Account::part).thenComparing(Account::shard));
        grants.keySet().stream()
                .filter(one -> counts(one, cap, configured, now))
                .forEach(accounts::add);
        spent.keySet().stream().filter(one -> counts(one, cap, configured, now)).forEach(accounts::add);
        for (Account account : accounts) {
            HelpGranted grant = grants.get(account);
            List<HelpSpent> owners = spent.getOrDefault(account, List.of());
            long given = grant == null ? 0 : grant.getGranted();
            granted += given - Math.min(given, most(owners, Figure.RELEASED));
            used += most(owners, Figure.SPENT);
            waiting += Math.max(0, most(owners, Figure.WANTED) - given);
        }
        return new CapStatus(
                cap.part(),
                cap.unit()
                        .name()
                        .replace("TEACHER_", "")
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-'),
                configured.getCap() == Long.MAX_VALUE ? null : Long.valueOf(configured.getCap()),
                configured.getBy() == null ? "operator" : configured.getBy(),
                granted,
                used,
                waiting);
    }

    private static boolean counts(Account account, Cap cap, BudgetConfigured configured, Instant now) {
        boolean audits = cap.part().equals(Scope.ALL) && account.part().equals(Scope.AUDITS);
        long sinceStart = now.toEpochMilli() - account.window().toEpochMilli();
        return account.tenant().equals(cap.tenant())
                && account.unit() == cap.unit()
                && (account.part().equals(cap.part()) || audits)
                && sinceStart >= 0
                && sinceStart < configured.getWindowMillis();
    }

    /** Figures of a shard's word; each only grows, whoever owned the shard. */
    private enum Figure {
        SPENT,
        RELEASED,
        WANTED
    }

    private static long most(List<HelpSpent> owners, Figure figure) {
        return owners.stream()
                .mapToLong(one -> switch (figure) {
                    case SPENT -> one.getSpent();
                    case RELEASED -> one.getReleased();
                    case WANTED -> one.getWanted();
                })
                .max()
                .orElse(0);
    }

    private List<WorkloadStatus> workloads(String tenant) {
        Map<String, Seen> newest = new TreeMap<>();
        tallies.forEach((source, seen) -> {
            if (source.tenant().equals(tenant)) {
                newest.merge(source.workload(), seen, (a, b) -> a.at().isAfter(b.at()) ? a : b);
            }
        });
        List<WorkloadStatus> workloads = new ArrayList<>();
        newest.forEach((workload, seen) ->
                workloads.add(workload(tenant, workload, seen.tally().source().version())));
        return workloads;
    }

    private WorkloadStatus workload(String tenant, String workload, String version) {
        HelpUse use = HelpUse.NONE;
        SightSums sights = SightSums.NONE;
        for (Map.Entry<WorkloadTally.Source, Seen> entry : tallies.entrySet()) {
            WorkloadTally.Source source = entry.getKey();
            boolean same = source.tenant().equals(tenant) && source.workload().equals(workload);
            if (same && source.version().equals(version)) {
                use = use.plus(entry.getValue().tally().use());
                sights = sights.plus(entry.getValue().tally().sights());
            }
        }
        AgreementEstimate estimate = sights.agreement();
        boolean seen = !Double.isNaN(estimate.value());
        PriceSet price = prices.get(List.of(tenant, workload, version));
        return new WorkloadStatus(
                workload,
                version,
                price == null ? null : Double.valueOf(price.getAskAlways() ? -1 : price.getPrice()),
                use.outputTokens(),
                use.outputTokens() == 0 ? 0 : (double) use.teacherTokens() / use.outputTokens(),
                seen ? Double.valueOf(estimate.value()) : null,
                List.of(estimate.low(), estimate.high()));
    }
}
