package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.budget.BudgetChange;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Scope;
import dev.understudy.flink.topic.KafkaAccess;
import dev.understudy.flink.wire.ChangeAvro;
import dev.understudy.infra.budget.BudgetBoard;
import dev.understudy.infra.budget.BudgetStatus;
import dev.understudy.infra.budget.BudgetStatus.CapStatus;
import dev.understudy.infra.budget.BudgetStatus.WorkloadStatus;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.topic.TopicWriter;
import dev.understudy.wire.RecordKeys;
import dev.understudy.wire.Topics;
import dev.understudy.wire.budget.BudgetConfigured;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows and changes the budgets of running jobs. */
@Command(
        name = "budget",
        description = "Shows and changes caps and targets while the jobs run.",
        mixinStandardHelpOptions = true)
final class BudgetCommand {
    private static final String BY = "operator";

    private final Clock clock;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    BudgetCommand(Clock clock) {
        this.clock = clock;
    }

    @Command(
            name = "show",
            description = "Caps, their use in the present window, prices, shares and agreement.",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin Broker broker,
            @Option(names = "--tenant", description = "This tenant alone.") @Nullable String tenant,
            @Option(names = "--json", description = "Prints JSON.") boolean json)
            throws JsonProcessingException {
        BudgetBoard board = board(broker);
        List<String> tenants = tenant == null ? board.tenants() : List.of(known(board, tenant));
        Instant now = clock.instant();
        List<BudgetStatus> all =
                tenants.stream().map(one -> board.status(one, now)).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper()
                    .findAndRegisterModules()
                    .writeValueAsString(Map.of(
                            "tenants", all.stream().map(BudgetCommand::fields).toList())));
        } else {
            all.forEach(one -> print(one, out));
        }
        return 0;
    }

    @Command(
            name = "set",
            description = {
                "Changes caps or the target of a running job; what is not named stays as it is.",
                "A raised cap is granted at once; a lowered one binds what is not granted yet. It holds until --reset, whatever the settings say."
            },
            mixinStandardHelpOptions = true)
    int set(
            @Mixin Broker broker,
            @Option(names = "--tenant", required = true, description = "Whose budget.") String tenant,
            @Option(names = "--workload", description = "A cap inside the tenant's, for one workload.") @Nullable String workload,
            @Mixin Wishes wishes) {
        BudgetBoard board = board(broker);
        known(board, tenant);
        Scope scope = scope(tenant, workload);
        HelpTarget target = wishes.target();
        if (target != null && scope.isWorkload()) {
            throw new UsageException("--target belongs to a tenant, not to a workload. Leave --workload out.");
        }
        Map<BudgetUnit, Long> caps = wishes.caps();
        if (caps.isEmpty() && target == null && !wishes.reset) {
            throw new UsageException(
                    "Nothing to set; expected --tokens, --calls, --micro-dollars, --target or --reset.");
        }
        List<BudgetConfigured> records = new ArrayList<>();
        for (BudgetUnit unit : BudgetUnit.values()) {
            boolean carriesTarget = target != null && unit == BudgetUnit.TOKENS;
            if (wishes.reset || caps.containsKey(unit) || carriesTarget) {
                records.add(record(board, scope, unit, caps.get(unit), carriesTarget ? target : null, wishes.reset));
            }
        }
        write(broker, records);
        spec.commandLine()
                .getOut()
                .println("set " + records.size() + " caps of " + tenant + "; 'understudy budget show" + " --tenant "
                        + tenant + "' shows them");
        return 0;
    }

    /** What is wanted. */
    static final class Wishes {
        @Option(names = "--tokens", description = "Cap in teacher tokens a window, or none.")
        private @Nullable String tokens;

        @Option(names = "--calls", description = "Cap in teacher calls a window, or none.")
        private @Nullable String calls;

        @Option(names = "--micro-dollars", description = "Cap in millionths of a dollar a window, or none.")
        private @Nullable String microDollars;

        @Option(
                names = "--target",
                paramLabel = "KIND=VALUE",
                description =
                        "What moves the prices: quality=0.98, share=0.1, spend=MICRO-DOLLARS or delay=MILLIS for a thousand tokens, or fixed.")
        private @Nullable String target;

        @Option(names = "--reset", description = "Takes back what was set: the settings hold again.")
        private boolean reset;

        private Map<BudgetUnit, Long> caps() {
            Map<BudgetUnit, Long> caps = new EnumMap<>(BudgetUnit.class);
            put(caps, BudgetUnit.TOKENS, "--tokens", tokens);
            put(caps, BudgetUnit.CALLS, "--calls", calls);
            put(caps, BudgetUnit.MICRO_DOLLARS, "--micro-dollars", microDollars);
            if (reset && (!caps.isEmpty() || target != null)) {
                throw new UsageException("--reset takes everything back; expected it alone. Leave the others out.");
            }
            return caps;
        }

        private static void put(Map<BudgetUnit, Long> caps, BudgetUnit unit, String option, @Nullable String text) {
            if (text == null) {
                return;
            }
            try {
                long cap = text.equals("none") ? Caps.NONE : Long.parseLong(text);
                if (cap < 0) {
                    throw new NumberFormatException();
                }
                caps.put(unit, cap);
            } catch (NumberFormatException e) {
                throw new UsageException(
                        option + " is '" + text + "'; expected a whole number of at least 0, or none. Correct it.");
            }
        }

        private @Nullable HelpTarget target() {
            String text = target;
            if (text == null) {
                return null;
            }
            try {
                int equals = text.indexOf('=');
                double value = equals < 0 ? 0 : Double.parseDouble(text.substring(equals + 1));
                return switch (equals < 0 ? text : text.substring(0, equals)) {
                    case "quality" -> new HelpTarget.Quality(value);
                    case "share" -> new HelpTarget.Share(value);
                    case "spend" -> new HelpTarget.Spend(value);
                    case "delay" -> new HelpTarget.Delay(value);
                    case "fixed" -> new HelpTarget.Fixed();
                    default -> throw new IllegalArgumentException("no such kind");
                };
            } catch (IllegalArgumentException e) {
                throw new UsageException("--target is '" + text + "' (" + e.getMessage()
                        + "); expected quality=0.98, share=0.1, spend=1000, delay=1000 or fixed. Correct it.");
            }
        }
    }

    /** A whole record: a topic that keeps the last one of a key must lose neither cap nor target. */
    private BudgetConfigured record(
            BudgetBoard board,
            Scope scope,
            BudgetUnit unit,
            @Nullable Long cap,
            @Nullable HelpTarget target,
            boolean reset) {
        BudgetConfigured before = board.cap(scope.tenant(), scope.part(), ChangeAvro.unit(unit));
        Instant at = clock.instant();
        if (before != null && !before.getConfiguredAt().isBefore(at)) {
            at = before.getConfiguredAt().plusMillis(1);
        }
        long known = before == null ? BudgetChange.KEEP : before.getCap();
        long kept = reset ? BudgetChange.KEEP : known;
        BudgetChange change = new BudgetChange(scope, unit, cap == null ? kept : cap, target, at);
        BudgetConfigured record = ChangeAvro.fromDomain(change, BY);
        if (before != null) {
            record.setWindowMillis(before.getWindowMillis());
            if (target == null && !reset) {
                record.setTarget(before.getTarget());
                record.setTargetKind(before.getTargetKind());
            }
        }
        return record;
    }

    private static void write(Broker broker, List<BudgetConfigured> records) {
        try (TopicWriter<BudgetConfigured> writer =
                new TopicWriter<>(broker.bootstrapServers, broker.prefix, Topics.CONTROL, BudgetConfigured.class)) {
            records.forEach(record -> writer.send(Objects.requireNonNull(RecordKeys.of(record)), record));
            writer.flush();
        }
    }

    private static BudgetBoard board(Broker broker) {
        BudgetBoard board = BudgetBoard.read(new KafkaAccess(broker.bootstrapServers, broker.prefix));
        if (board.tenants().isEmpty()) {
            throw new FailureException("No job has told its budgets on " + Topics.CONTROL.name(broker.prefix)
                    + ". Start the serving job, or name another --prefix.");
        }
        return board;
    }

    private static String known(BudgetBoard board, String tenant) {
        if (!board.tenants().contains(tenant)) {
            throw new UsageException("Tenant " + tenant + " has no budget; expected one of "
                    + String.join(", ", board.tenants()) + ". Add it to the settings of the job.");
        }
        return tenant;
    }

    private static Scope scope(String tenant, @Nullable String workload) {
        try {
            return workload == null ? Scope.help(tenant) : Scope.workload(tenant, workload);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> fields(BudgetStatus status) {
        Map<String, Object> fields = new java.util.LinkedHashMap<>();
        fields.put("tenant", status.tenant());
        fields.put(
                "windowMillis", status.window() == null ? null : status.window().toMillis());
        fields.put("target", status.target());
        fields.put("caps", status.caps());
        fields.put("workloads", status.workloads());
        return fields;
    }

    private static void print(BudgetStatus status, PrintWriter out) {
        out.println(status.tenant() + ": target " + (status.target() == null ? "unknown" : status.target())
                + (status.window() == null ? "" : ", window " + status.window()));
        for (CapStatus cap : status.caps()) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-16s %-13s cap %s (%s), granted %d, spent %d, waiting for %d",
                    cap.workload(),
                    cap.unit(),
                    cap.cap() == null ? "none" : cap.cap().toString(),
                    cap.by(),
                    cap.granted(),
                    cap.spent(),
                    cap.waiting()));
        }
        for (WorkloadStatus workload : status.workloads()) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-16s version %s, price %s, teacher's share %.1f %% of %d tokens, agreement %s",
                    workload.workload(),
                    workload.version(),
                    price(workload.price()),
                    100 * workload.share(),
                    workload.tokens(),
                    agreement(workload)));
        }
        out.flush();
    }

    private static String price(@Nullable Double price) {
        if (price == null) {
            return "of the policy";
        }
        return price < 0 ? "none (asks always)" : String.format(Locale.ROOT, "%.4f", price);
    }

    private static String agreement(WorkloadStatus workload) {
        return workload.agreement() == null
                ? "unknown"
                : String.format(
                        Locale.ROOT,
                        "%.1f %% (%.1f to %.1f)",
                        100 * workload.agreement(),
                        100 * workload.interval().get(0),
                        100 * workload.interval().get(1));
    }
}
