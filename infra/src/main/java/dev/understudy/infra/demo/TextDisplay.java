package dev.understudy.infra.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Shows a running demo: redrawn in place on a terminal, one line every ten seconds elsewhere. Not thread safe. */
final class TextDisplay implements Consumer<DemoView> {
    private static final int RECENT = 300;
    private static final int EVENTS = 6;
    private static final long LINE_EVERY = 10;

    private final PrintWriter out;
    private final boolean terminal;
    private final int seconds;
    private int drawn;
    private int eventsShown;
    private long lastLine = -LINE_EVERY;

    /** @param seconds length of the traffic, for the time left */
    TextDisplay(PrintWriter out, boolean terminal, int seconds) {
        this.out = out;
        this.terminal = terminal;
        this.seconds = seconds;
    }

    @Override
    public void accept(DemoView view) {
        if (terminal) {
            redraw(lines(view));
            return;
        }
        for (String event : view.events().subList(eventsShown, view.events().size())) {
            out.println("      " + clip(event, 160));
        }
        eventsShown = view.events().size();
        if (view.elapsed().toSeconds() - lastLine >= LINE_EVERY) {
            lastLine = view.elapsed().toSeconds();
            out.println(String.format(Locale.ROOT, "%4d s %-16s", lastLine, view.phase()) + summary(view));
        }
        out.flush();
    }

    private static String summary(DemoView view) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%5d sent, %5d back",
                view.prompts(),
                view.completions().size()));
        recentByWorkload(view)
                .forEach((workload, some) -> text.append(String.format(
                        Locale.ROOT,
                        "  %s %.0f %% right, %.0f %% teacher",
                        workload,
                        100 * ReportBuilder.exactMatch(some),
                        100 * ReportBuilder.teacherShare(some))));
        return text.toString();
    }

    private void redraw(List<String> lines) {
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append("\u001b[").append(drawn).append('F');
        }
        for (String line : lines) {
            frame.append("\u001b[2K").append(line).append('\n');
        }
        drawn = lines.size();
        out.print(frame);
        out.flush();
    }

    private List<String> lines(DemoView view) {
        List<String> lines = new ArrayList<>();
        long left = Math.max(0, seconds - view.elapsed().toSeconds());
        double rate = view.completions().size() / Math.max(1.0, view.elapsed().toSeconds());
        lines.add(String.format(
                Locale.ROOT,
                "\u001b[1munderstudy demo\u001b[0m   phase \u001b[36m%s\u001b[0m   %d s, about %d s left   %.1f prompts/s   %d open",
                view.phase(),
                view.elapsed().toSeconds(),
                left,
                rate,
                view.open()));
        lines.add(String.format(
                Locale.ROOT, "versions: %d published, %d proven serving", view.published(), view.proven()));
        lines.add(String.format(
                Locale.ROOT,
                "%-12s %8s %8s  %s",
                "workload",
                "right",
                "teacher",
                "share of the teacher, last prompts"));
        recentByWorkload(view).forEach((workload, some) -> {
            double share = ReportBuilder.teacherShare(some);
            lines.add(String.format(
                    Locale.ROOT,
                    "%-12s %7.1f%% %7.1f%%  %s",
                    workload,
                    100 * ReportBuilder.exactMatch(some),
                    100 * share,
                    "█".repeat((int) Math.round(40 * share))));
        });
        lines.add(budget(view));
        int from = Math.max(0, view.events().size() - EVENTS);
        view.events().subList(from, view.events().size()).forEach(event -> lines.add("  · " + clip(event, 110)));
        while (lines.size() < drawn) {
            lines.add("");
        }
        return lines;
    }

    private static String budget(DemoView view) {
        long large = teacherTokens(view, Traffic.LARGE);
        long small = teacherTokens(view, Traffic.SMALL);
        long alone = view.completions().stream().filter(Seen::exhausted).count();
        return String.format(
                Locale.ROOT,
                "teacher tokens: %s %d, %s %d (caps a minute: %d, %d); %d completions went on alone",
                Traffic.LARGE,
                large,
                Traffic.SMALL,
                small,
                DemoJobs.LARGE_TOKENS,
                DemoJobs.SMALL_TOKENS,
                alone);
    }

    private static long teacherTokens(DemoView view, String tenant) {
        return view.completions().stream()
                .filter(one -> one.prompt().tenant().equals(tenant))
                .mapToLong(Seen::teacherTokens)
                .sum();
    }

    private static Map<String, List<Seen>> recentByWorkload(DemoView view) {
        List<Seen> all = view.completions();
        Map<String, List<Seen>> byWorkload = new TreeMap<>();
        all.subList(Math.max(0, all.size() - RECENT), all.size()).stream()
                .filter(one -> one.prompt().tenant().equals(Traffic.LARGE))
                .forEach(one -> byWorkload
                        .computeIfAbsent(one.prompt().workload(), name -> new ArrayList<>())
                        .add(one));
        return byWorkload;
    }

    private static String clip(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "…";
    }
}
