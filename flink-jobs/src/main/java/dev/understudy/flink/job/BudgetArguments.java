package dev.understudy.flink.job;

import dev.understudy.budget.BudgetConfig;
import dev.understudy.budget.BudgetUnit;
import dev.understudy.budget.Caps;
import dev.understudy.budget.HelpTarget;
import dev.understudy.budget.Pacing;
import dev.understudy.budget.TenantBudget;
import dev.understudy.budget.WhenSpent;
import dev.understudy.config.Setting;
import dev.understudy.config.SettingKind;
import dev.understudy.config.SettingsReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** Settings of how much help tenants and workloads may use. */
final class BudgetArguments {
    private static final String TENANT = "budget.tenants.<tenant>.";
    private static final String WORKLOAD = "budget.workloads.<tenant/workload>.";

    private static final Map<BudgetUnit, Setting<Long>> CAPS = new EnumMap<>(Map.of(
            BudgetUnit.TOKENS,
            cap(
                    TENANT + "tokens",
                    0,
                    "Cap of the tenant in teacher tokens a window. Prompts of tenants without any budget key are"
                            + " rejected."),
            BudgetUnit.CALLS,
            cap(TENANT + "calls", 0, "Cap of the tenant in teacher calls a window."),
            BudgetUnit.MICRO_DOLLARS,
            cap(
                    TENANT + "micro-dollars",
                    Caps.NONE,
                    "Cap of the tenant in millionths of a dollar a window: the worst case of a call is reserved, its"
                            + " real cost counted.")));
    private static final Setting<Duration> WINDOW = Setting.of(
            TENANT + "window",
            SettingKind.duration(Duration.ofMillis(1)),
            Duration.ofHours(1),
            "Length of a window; windows are aligned to 1970 in UTC.");
    private static final Setting<Double> AUDIT_SHARE = Setting.of(
            TENANT + "audit-share", SettingKind.number(0, 1), 0.2, "Part of the caps that is set aside for audits.");
    private static final Setting<WhenSpent> WHEN_SPENT = Setting.of(
            TENANT + "when-spent",
            SettingKind.choice(WhenSpent.class),
            WhenSpent.CONTINUE,
            "When a cap is used up: continue alone, stop before the token that wants help, or defer (continue, and"
                    + " queue the prompt to be taught). Each is marked on the completion.");
    private static final Map<BudgetUnit, Setting<Long>> WORKLOAD_CAPS = new EnumMap<>(Map.of(
            BudgetUnit.TOKENS,
            cap(
                    WORKLOAD + "tokens",
                    Caps.NONE,
                    "Cap of one workload inside the tenant's, audits included, in teacher tokens a window."),
            BudgetUnit.CALLS,
            cap(WORKLOAD + "calls", Caps.NONE, "The same in teacher calls."),
            BudgetUnit.MICRO_DOLLARS,
            cap(WORKLOAD + "micro-dollars", Caps.NONE, "The same in millionths of a dollar.")));
    private static final Setting<Pacing> PACING = Setting.of(
            "budget.pacing",
            SettingKind.choice(Pacing.class),
            Pacing.NONE,
            "How much of a window's cap can be used by when: all at once (none), or evenly over the window.");

    private static final Setting<Duration> WAIT = Setting.of(
            "budget.wait",
            SettingKind.duration(Duration.ZERO),
            Duration.ZERO,
            "How long a sequence waits for allowance that may still come before it goes on alone; it keeps its row.");
    private static final List<Setting<?>> OF_TENANTS = ofTenants();

    private BudgetArguments() {}

    private static Setting<Long> cap(String key, long fallback, String meaning) {
        SettingKind<Long> whole = SettingKind.whole(0, Long.MAX_VALUE);
        SettingKind<Long> capOrNone = new SettingKind<>(
                whole.allowed() + ", or none",
                text -> text.equals("none") ? Caps.NONE : whole.read().apply(text),
                value -> value == Caps.NONE ? "none" : Long.toString(value));
        return Setting.of(key, capOrNone, fallback, meaning);
    }

    private static List<Setting<?>> ofTenants() {
        List<Setting<?>> all = new ArrayList<>(CAPS.values());
        all.addAll(List.of(WINDOW, AUDIT_SHARE, WHEN_SPENT));
        return List.copyOf(all);
    }

    /** Every setting, in the order of the configuration page. */
    static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(OF_TENANTS);
        all.addAll(WORKLOAD_CAPS.values());
        all.addAll(List.of(PACING, WAIT));
        return all;
    }

    /** The budgets of all tenants. */
    static BudgetConfig budgets(SettingsReader given, HelpTarget target) {
        SortedSet<String> tenants = given.names(OF_TENANTS);
        if (tenants.isEmpty()) {
            given.problem("budget.tenants names no tenant; expected at least one, such as " + TENANT + "tokens=5000");
        }
        Map<String, Map<String, Caps>> workloads = workloads(given, tenants);
        List<TenantBudget> budgets = new ArrayList<>();
        for (String tenant : tenants) {
            budgets.add(new TenantBudget(
                    tenant,
                    caps(given, CAPS, tenant),
                    workloads.getOrDefault(tenant, Map.of()),
                    given.readNamed(WINDOW, tenant),
                    given.readNamed(AUDIT_SHARE, tenant),
                    target,
                    given.readNamed(WHEN_SPENT, tenant)));
        }
        return BudgetConfig.of(budgets).paced(given.read(PACING)).waiting(given.read(WAIT));
    }

    private static Map<String, Map<String, Caps>> workloads(SettingsReader given, SortedSet<String> tenants) {
        Map<String, Map<String, Caps>> workloads = new HashMap<>();
        for (String name : given.names(List.copyOf(WORKLOAD_CAPS.values()))) {
            Caps caps = caps(given, WORKLOAD_CAPS, name);
            int slash = name.indexOf('/');
            String tenant = slash < 1 ? "" : name.substring(0, slash);
            String workload = name.substring(slash + 1);
            if (!tenants.contains(tenant) || workload.isEmpty() || workload.startsWith("*")) {
                given.problem("budget.workloads names '" + name + "'; expected a tenant that has a budget, a slash and"
                        + " a workload, such as acme/orders");
            } else {
                workloads.computeIfAbsent(tenant, t -> new HashMap<>()).put(workload, caps);
            }
        }
        return workloads;
    }

    private static Caps caps(SettingsReader given, Map<BudgetUnit, Setting<Long>> settings, String name) {
        Caps caps = new Caps(Caps.NONE, Caps.NONE, Caps.NONE);
        for (Map.Entry<BudgetUnit, Setting<Long>> entry : settings.entrySet()) {
            caps = caps.with(entry.getKey(), given.readNamed(entry.getValue(), name));
        }
        return caps;
    }
}
