package dev.understudy.infra.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.infra.demo.DemoOptions.Asking;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole loop on this machine, judged at the end. */
@Command(
        name = "demo",
        description = {
            "Runs broker, cluster, student, teacher and drifting traffic on this machine and judges the result.",
            "Exit code 0 when every check holds, 1 otherwise."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final int SHORTEST_FULL = 120;
    private static final int ALONE = 300;
    /** A run of four minutes writes about 40 MiB; the rest is room for the broker's preallocated files. */
    private static final long SPACE = 256L << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final Path home;

    @Option(names = "--headless", description = "Prints lines instead of redrawing the screen.")
    private boolean headless;

    @Option(
            names = "--seconds",
            defaultValue = "240",
            description =
                    "Length of the traffic (default: ${DEFAULT-VALUE}); under 120 the short story runs. The clock may take twice as long.")
    private int seconds;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the traffic (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--report", description = "Writes the figures to this file.")
    private @org.jspecify.annotations.Nullable Path report;

    @Option(
            names = "--teacher",
            defaultValue = "trained",
            description =
                    "'trained' (shipped model), 'oracle' (exact, for measuring) or a model directory (default: ${DEFAULT-VALUE}).")
    private String teacher = "trained";

    @Option(
            names = "--policy",
            defaultValue = "confidence",
            description =
                    "How the student decides to ask: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). ask-token learns it first, in about a minute, from 300 lines of each kind.")
    private Asking policy = Asking.CONFIDENCE;

    @Option(
            names = "--work",
            description = "Folder for everything that the run writes (default: a new one for temporary files).")
    private @org.jspecify.annotations.Nullable Path work;

    @Option(
            names = "--port",
            defaultValue = "0",
            description =
                    "Port of the embedded broker, for your own consumers beside the demo (default: any free one).")
    private int port;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** @param home folder of the product, which holds the shipped models */
    public DemoCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    @Override
    @SuppressWarnings("SystemConsoleNull") // the product runs on JDK 17 only
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        DemoOptions options = options();
        boolean terminal = !headless && System.console() != null;
        TextDisplay display = new TextDisplay(out, terminal, seconds);
        out.println("Starting broker, cluster and models; the run writes to " + options.work());
        out.flush();
        if (policy == Asking.ASK_TOKEN) {
            options = new FirstHead(options, clock, out).learn();
        }
        DemoReport figures = new DemoRun(options, clock, display).run();
        if (report != null) {
            write(report, figures);
        }
        return verdict(out, figures);
    }

    private DemoOptions options() throws IOException {
        if (port < 0 || port > 65_535) {
            throw new UsageException("--port is " + port + "; expected 0 (any free one) to 65535.");
        }
        if (seconds < 30) {
            throw new UsageException("--seconds is " + seconds + "; expected at least 30, a round needs that long.");
        }
        Path models = home.resolve("infra").resolve("models");
        boolean oracle = teacher.equals("oracle");
        Path teacherDirectory = oracle || teacher.equals("trained") ? models.resolve("teacher") : Path.of(teacher);
        for (Path model : List.of(models.resolve("student"), teacherDirectory)) {
            if (!oracle && !Files.isRegularFile(model.resolve("config.json"))) {
                throw new UsageException("Cannot start the demo: " + model
                        + " has no config.json. Train a model with 'understudy train', or name a model directory.");
            }
        }
        if (oracle && policy == Asking.ASK_TOKEN) {
            throw new UsageException("--policy ask-token learns from the teacher's laws and the oracle has none;"
                    + " expected --teacher trained or a model directory.");
        }
        Schedule schedule = seconds < SHORTEST_FULL ? Schedule.brief(seconds) : Schedule.full(seconds);
        return new DemoOptions(
                new DemoOptions.Story(schedule, seconds, seed, ALONE),
                new DemoOptions.Cast(models.resolve("student"), teacherDirectory, oracle, policy),
                workFolder(),
                port,
                DemoOptions.Sabotage.NONE);
    }

    private Path workFolder() throws IOException {
        Path folder = work;
        if (folder == null) {
            folder = Files.createTempDirectory("understudy-demo-");
        } else {
            Files.createDirectories(folder);
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < SPACE) {
            throw new FailureException("Cannot run the demo in " + folder + ": " + (free >> 20)
                    + " MiB are free, expected at least " + (SPACE >> 20)
                    + " MiB. Free some space or name another folder by --work.");
        }
        return folder;
    }

    private Integer verdict(PrintWriter out, DemoReport figures) {
        List<DemoChecks.Check> checks = DemoChecks.judge(figures, promise());
        out.println();
        checks.forEach(check -> out.println((check.holds() ? "  kept    " : "  BROKEN  ") + check.name() + ": "
                + check.found() + " (expected " + check.expected() + ")"));
        long broken = checks.stream().filter(check -> !check.holds()).count();
        out.println(broken == 0 ? "Every promise was kept." : broken + " promises were broken.");
        return broken == 0 ? 0 : 1;
    }

    private DemoChecks.Promise promise() {
        return seconds < SHORTEST_FULL ? DemoPromises.BRIEF : DemoPromises.FULL;
    }

    private static void write(Path file, DemoReport figures) {
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the report " + file + ". Check space and rights.", e);
        }
    }
}
