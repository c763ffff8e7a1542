package dev.understudy.infra.demo;

import dev.understudy.teacher.CallLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns what the observer saw and what the teacher logged into the report's figures. */
final class ReportBuilder {
    private static final int BLOCK = 100;

    private ReportBuilder() {}

    static List<DemoReport.Phase> phases(List<String> names, List<Seen> completions, String largeTenant) {
        List<DemoReport.Phase> phases = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            int phase = index;
            List<Seen> inPhase = completions.stream()
                    .filter(one -> one.prompt().phase() == phase)
                    .toList();
            Map<String, List<Seen>> byWorkload = new TreeMap<>();
            inPhase.forEach(one -> byWorkload
                    .computeIfAbsent(one.prompt().workload(), name -> new ArrayList<>())
                    .add(one));
            Map<String, DemoReport.WorkloadPhase> workloads = new TreeMap<>();
            byWorkload.forEach((name, some) -> workloads.put(
                    name,
                    new DemoReport.WorkloadPhase(
                            some.size(),
                            exactMatch(some),
                            teacherShare(some),
                            some.stream().filter(Seen::exhausted).count())));
            List<Seen> large = inPhase.stream()
                    .filter(one -> one.prompt().tenant().equals(largeTenant))
                    .toList();
            phases.add(new DemoReport.Phase(
                    names.get(index),
                    inPhase.size(),
                    exactMatch(inPhase),
                    exactMatch(large),
                    teacherShare(inPhase),
                    workloads));
        }
        return List.copyOf(phases);
    }

    /** Share over time of the large tenant, in consecutive blocks of 100 prompts in the order sent. */
    static Map<String, DemoReport.Share> shares(List<Seen> completions, String largeTenant) {
        Map<String, List<Seen>> byWorkload = new TreeMap<>();
        completions.stream()
                .filter(one -> one.prompt().tenant().equals(largeTenant))
                .sorted((a, b) -> a.prompt().id().compareTo(b.prompt().id()))
                .forEach(one -> byWorkload
                        .computeIfAbsent(one.prompt().workload(), name -> new ArrayList<>())
                        .add(one));
        Map<String, DemoReport.Share> shares = new TreeMap<>();
        byWorkload.forEach((workload, some) -> {
            List<Double> blocks = new ArrayList<>();
            for (int start = 0; start + BLOCK <= some.size(); start += BLOCK) {
                blocks.add(teacherShare(some.subList(start, start + BLOCK)));
            }
            if (!blocks.isEmpty()) {
                double peak =
                        blocks.stream().mapToDouble(Double::doubleValue).max().orElse(0);
                shares.put(workload, new DemoReport.Share(peak, blocks.get(blocks.size() - 1), blocks));
            }
        });
        return shares;
    }

    static DemoReport.Budget budget(
            Map<String, Long> capTokens, Map<String, Long> capCalls, List<CallLog.Entry> log, List<Seen> completions) {
        Map<String, long[]> windows = new HashMap<>();
        Map<String, Long> highest = new HashMap<>();
        for (CallLog.Entry entry : log) {
            long[] spent = windows.computeIfAbsent(entry.tenant() + "@" + entry.window(), key -> new long[2]);
            spent[0] += entry.tokens();
            spent[1] += entry.calls();
            highest.merge(entry.tenant(), spent[0], Math::max);
        }
        long violations = 0;
        long cap = 0;
        for (Map.Entry<String, long[]> window : windows.entrySet()) {
            String tenant = window.getKey().substring(0, window.getKey().lastIndexOf('@'));
            cap += capTokens.getOrDefault(tenant, 0L);
            violations += window.getValue()[0] > capTokens.getOrDefault(tenant, 0L) ? 1 : 0;
            violations += window.getValue()[1] > capCalls.getOrDefault(tenant, 0L) ? 1 : 0;
        }
        Map<String, DemoReport.Tenant> tenants = new TreeMap<>();
        capTokens.forEach((tenant, tokens) -> tenants.put(
                tenant,
                new DemoReport.Tenant(
                        tokens,
                        highest.getOrDefault(tenant, 0L),
                        count(completions, tenant, false),
                        count(completions, tenant, true))));
        long spent = log.stream().mapToLong(CallLog.Entry::tokens).sum();
        return new DemoReport.Budget(cap, spent, violations, tenants);
    }

    private static long count(List<Seen> completions, String tenant, boolean exhaustedOnly) {
        return completions.stream()
                .filter(one -> one.prompt().tenant().equals(tenant) && (!exhaustedOnly || one.exhausted()))
                .count();
    }

    static double exactMatch(List<Seen> some) {
        return some.isEmpty() ? 0 : (double) some.stream().filter(Seen::exact).count() / some.size();
    }

    static double teacherShare(List<Seen> some) {
        long tokens = some.stream().mapToLong(Seen::outputTokens).sum();
        return tokens == 0
                ? 0
                : (double) some.stream().mapToLong(Seen::teacherTokens).sum() / tokens;
    }
}
