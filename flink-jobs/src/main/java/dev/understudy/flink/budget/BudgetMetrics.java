package dev.understudy.flink.budget;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Scope;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.Window;
import dev.understudy.budget.account.GrantBook;
import dev.understudy.budget.control.WorkloadState;
import dev.understudy.budget.price.HelpPrice;
import dev.understudy.flink.metric.LoopMetric;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.MetricGroup;

/**
 * What the ledger shows of caps and workloads. Owned by the task thread; reporters read the gauges from theirs,
 * whatever figures of one moment they get.
 */
final class BudgetMetrics {
    private final MetricGroup operator;
    private final Map<Place, Figure> figures = new HashMap<>();

    private record Place(LoopMetric metric, List<String> labels) {}

    /** Set by one thread and read by another. */
    private static final class Figure {
        private volatile double value = Double.NaN;
    }

    BudgetMetrics(MetricGroup operator) {
        this.operator = operator;
    }

    void caps(BudgetConfig config, GrantBook book, Instant now) {
        for (TenantBudget tenant : config.tenants()) {
            Window window = Window.of(now, tenant.window());
            for (BudgetUnit unit : BudgetUnit.values()) {
                if (tenant.caps().limits(unit)) {
                    Scope help = Scope.help(tenant.tenant());
                    Scope audits = Scope.audits(tenant.tenant());
                    List<String> labels = List.of("tenant", tenant.tenant(), "unit", label(unit));
                    set(LoopMetric.BUDGET_CAP, labels, tenant.caps().in(unit));
                    long granted = book.outstanding(help, unit, window) + book.outstanding(audits, unit, window);
                    set(LoopMetric.BUDGET_GRANTED, labels, granted);
                    long waiting = book.unmet(help, unit, window) + book.unmet(audits, unit, window);
                    set(LoopMetric.BUDGET_WAITING, labels, waiting);
                }
            }
        }
    }

    private static String label(BudgetUnit unit) {
        return unit.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    void workloads(List<WorkloadState> states) {
        for (WorkloadState state : states) {
            List<String> labels = List.of("tenant", state.tenant(), "workload", state.workload());
            HelpPrice price = state.price();
            set(LoopMetric.BUDGET_PRICE, labels, price == null ? Double.NaN : price.price());
            set(LoopMetric.BUDGET_SHARE, labels, state.share());
            set(LoopMetric.BUDGET_AGREEMENT, labels, state.agreement().value());
            set(LoopMetric.BUDGET_AGREEMENT_LOW, labels, state.agreement().low());
            set(LoopMetric.BUDGET_AGREEMENT_HIGH, labels, state.agreement().high());
        }
    }

    private void set(LoopMetric metric, List<String> labels, double value) {
        figures.computeIfAbsent(new Place(metric, labels), this::register).value = value;
    }

    private Figure register(Place place) {
        Figure figure = new Figure();
        place.metric().gauge(operator, place.labels(), () -> figure.value);
        return figure;
    }
}
