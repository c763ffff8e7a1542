package dev.understudy.infra.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the demo's report must show. Each check states what was found and what was expected, so that a failure explains
 * itself.
 */
public final class DemoChecks {
    private DemoChecks() {}

    /** One line of the verdict. */
    public record Check(String name, boolean holds, String found, String expected) {}

    /**
     * What a schedule promises.
     *
     * @param schemaChanged workload whose schema changed
     * @param recoded workload whose codes changed, empty when the schedule has none
     * @param published checkpoints that must be published and proven
     * @param refused candidates that must be refused
     * @param gainSchema points (fraction) that the student alone must gain on {@code schemaChanged}
     * @param gainRecoded points (fraction) that it must gain on {@code recoded}
     * @param smallTenant tenant whose cap must be reached
     * @param largeTenant tenant whose quality is judged
     * @param lastPhaseExactMatch exact match of the large tenant in the last phase, 0 to skip
     */
    public record Promise(
            String schemaChanged,
            String recoded,
            long published,
            long refused,
            double gainSchema,
            double gainRecoded,
            String smallTenant,
            String largeTenant,
            double lastPhaseExactMatch) {}

    /** Judges a report. */
    public static List<Check> judge(DemoReport report, Promise promise) {
        List<Check> checks = new ArrayList<>();
        atMost(checks, "prompts lost", report.lost(), 0);
        atMost(checks, "completions duplicated", report.duplicated(), 0);
        atMost(checks, "budget violations", report.budget().violations(), 0);
        atLeast(checks, "checkpoints published", report.checkpoints().published(), promise.published());
        atLeast(checks, "swaps proven", report.checkpoints().swapsProven(), promise.published());
        atLeast(checks, "candidates refused", report.checkpoints().refused(), promise.refused());
        tenants(checks, report, promise);
        learning(checks, report, promise.schemaChanged(), 0.1, promise.gainSchema());
        if (!promise.recoded().isEmpty()) {
            learning(checks, report, promise.recoded(), 0.5, promise.gainRecoded());
        }
        forgetting(checks, report, promise);
        if (promise.lastPhaseExactMatch() > 0) {
            DemoReport.Phase last = report.phases().get(report.phases().size() - 1);
            atLeast(
                    checks,
                    "exact match of " + promise.largeTenant() + " in the last phase",
                    last.exactMatchLargeTenant(),
                    promise.lastPhaseExactMatch());
        }
        return List.copyOf(checks);
    }

    private static void tenants(List<Check> checks, DemoReport report, Promise promise) {
        DemoReport.Tenant small = report.budget().tenants().get(promise.smallTenant());
        if (small != null) {
            atLeast(checks, "completions of " + promise.smallTenant() + " marked exhausted", small.exhausted(), 1);
            atMost(
                    checks,
                    "teacher tokens of " + promise.smallTenant() + " in a window",
                    small.highestWindow(),
                    small.capTokens());
        }
        DemoReport.Tenant large = report.budget().tenants().get(promise.largeTenant());
        if (large != null) {
            atMost(
                    checks,
                    "teacher tokens of " + promise.largeTenant() + " in a window",
                    large.highestWindow(),
                    large.capTokens());
        }
    }

    private static void learning(
            List<Check> checks, DemoReport report, String workload, double shareOfPeak, double gain) {
        DemoReport.Share share = report.workloads().get(workload);
        checks.add(new Check(
                "teacher share of " + workload + " at the end",
                share != null && share.peak() > 0 && share.end() <= shareOfPeak * share.peak(),
                share == null ? "no figures" : percent(share.end()) + " after a peak of " + percent(share.peak()),
                "a peak above 0 and at most " + percent(shareOfPeak) + " of it"));
        DemoReport.Alone alone = report.studentAlone().get(workload);
        atLeast(
                checks,
                "gain of the student alone on " + workload,
                alone == null ? 0 : alone.end() - alone.start(),
                gain);
    }

    private static void forgetting(List<Check> checks, DemoReport report, Promise promise) {
        for (Map.Entry<String, DemoReport.Alone> entry : report.studentAlone().entrySet()) {
            if (!entry.getKey().equals(promise.schemaChanged())
                    && !entry.getKey().equals(promise.recoded())) {
                atMost(
                        checks,
                        "paired loss of " + entry.getKey() + " (lower end of 95 %)",
                        entry.getValue().lossLowerBound(),
                        0.03);
            }
        }
    }

    private static void atMost(List<Check> checks, String name, double found, double bound) {
        checks.add(new Check(name, found <= bound, number(found), "at most " + number(bound)));
    }

    private static void atLeast(List<Check> checks, String name, double found, double bound) {
        checks.add(new Check(name, found >= bound, number(found), "at least " + number(bound)));
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
}
