package dev.understudy.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.infra.eval.Evaluator;
import dev.understudy.infra.eval.Evaluator.Figures;
import dev.understudy.infra.eval.Evaluator.HelpPoint;
import dev.understudy.infra.eval.ModelOnDisk;
import dev.understudy.infra.eval.Pairs;
import dev.understudy.infra.eval.Pairs.Pair;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.Dialect;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.TeacherRates;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import dev.understudy.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Scores a model on pairs, or on fresh prompts of the demo's workloads. */
@Command(
        name = "eval",
        description = {
            "Scores a model: exact match of greedy completions and perplexity; with --teacher also agreement and KL.",
            "Without --data it takes fresh prompts of the demo's workloads, and without --model the shipped teacher, which must reach 97 % on each."
        },
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
    /** What the shipped teacher must reach on every workload and release. */
    private static final double BAR = 0.97;

    private static final String ALL = "all";

    private final Clock clock;
    private final Path home;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--model", description = "Model directory (default: the shipped teacher).")
    private @Nullable Path directory;

    @Option(names = "--data", description = "JSON lines of {\"prompt\",\"completion\"}.")
    private @Nullable Path data;

    @Option(
            names = "--workload",
            defaultValue = ALL,
            description = "One of the demo's workloads, or all (default: ${DEFAULT-VALUE}); without --data.")
    private String workload = ALL;

    @Option(
            names = "--prompts",
            defaultValue = "300",
            description = "Fresh prompts a workload (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(names = "--seed", defaultValue = "2026", description = "Draws the prompts (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--teacher", description = "Directory of a teacher on the same vocabulary.")
    private @Nullable Path teacher;

    @Option(
            names = "--help-share",
            paramLabel = "SHARES",
            split = ",",
            description =
                    "Exact match with the teacher writing these shares of the tokens, like 0,0.05,0.2; needs --teacher.")
    private List<Double> shares = List.of();

    @Option(names = "--rows", defaultValue = "32", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--kernel",
            defaultValue = "FP32",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Kernel kernel = Kernel.FP32;

    @CommandLine.Mixin
    private DeviceOption device = new DeviceOption();

    @Option(
            names = "--at-least",
            paramLabel = "SHARE",
            description = "Fails (exit code 1) when an exact match is below it; 0.97 for the shipped teacher.")
    private @Nullable Double bar;

    @Option(names = "--json", description = "Prints {\"examples\":N,\"exactMatch\":x,\"perplexity\":x,...}.")
    private boolean json;

    @CommandLine.Mixin
    private ReplayOptions replay = new ReplayOptions();

    EvalCommand(Clock clock, Path home) {
        this.clock = clock;
        this.home = home;
    }

    /** What was found on one set of pairs. */
    private record Result(Figures figures, List<HelpPoint> help) {}

    @Override
    public Integer call() throws IOException {
        if (replay.wanted) {
            return replayed();
        }
        check();
        Map<String, List<Pair>> sets = sets();
        Path chosen = ShippedModels.teacher(home, directory);
        Map<String, Result> results = new LinkedHashMap<>();
        Engine engine = device.engine();
        try (ModelOnDisk model = ModelOnDisk.open(engine, chosen, kernel);
                Teaching teaching =
                        teacher == null ? Teaching.NONE : Teaching.open(engine, teacher, model, !shares.isEmpty())) {
            for (Map.Entry<String, List<Pair>> set : sets.entrySet()) {
                Evaluator evaluator = new Evaluator(
                        model,
                        clock,
                        rows,
                        done -> progress(set.getKey(), done, set.getValue().size()));
                try {
                    Figures figures = evaluator.score(set.getValue(), teaching.scorer);
                    List<HelpPoint> points = teaching.live == null
                            ? List.of()
                            : evaluator.withHelp(set.getValue(), teaching.live, shares);
                    results.put(set.getKey(), new Result(figures, points));
                } catch (IllegalArgumentException e) {
                    throw new UsageException(String.valueOf(e.getMessage()));
                }
                progress("", 0, 0);
                if (!json) {
                    print(set.getKey(), results.get(set.getKey()));
                }
            }
        }
        if (json) {
            spec.commandLine().getOut().println(json(results));
        }
        return verdict(results);
    }

    private int replayed() throws IOException {
        requireShares();
        if (directory == null) {
            return replay.run(spec.commandLine(), shares, null, workload, json);
        }
        try (ModelOnDisk model = ModelOnDisk.open(Engine.installed(), directory, kernel)) {
            return replay.run(spec.commandLine(), shares, model, workload, json);
        }
    }

    private void requireShares() {
        for (double share : shares) {
            if (!(share >= 0 && share <= 1)) {
                throw new UsageException("--help-share has " + share + "; expected shares from 0 to 1. Correct it.");
            }
        }
    }

    private void check() {
        if (!shares.isEmpty() && teacher == null) {
            throw new UsageException("--help-share needs somebody who helps; expected --teacher DIR. Name a teacher.");
        }
        requireShares();
        if (prompts < 1 || rows < 1) {
            throw new UsageException(
                    "--prompts is " + prompts + " and --rows " + rows + "; expected at least 1 of each. Correct them.");
        }
    }

    private Map<String, List<Pair>> sets() throws IOException {
        Map<String, List<Pair>> sets = new LinkedHashMap<>();
        if (data != null) {
            try {
                sets.put(data.toString(), Pairs.read(data));
            } catch (IllegalArgumentException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            }
            return sets;
        }
        List<Workload> chosen;
        try {
            chosen = workload.equals(ALL) ? List.of(Workload.values()) : List.of(Workload.of(workload));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        for (Workload one : chosen) {
            sets.put(
                    one.id(),
                    IntakeStream.distinct(seed, one, prompts, Split.TEST).stream()
                            .map(example -> new Pair(example.prompt(), example.answer()))
                            .toList());
        }
        return sets;
    }

    /** One line that is written over, where somebody looks. */
    @SuppressWarnings("SystemConsoleNull") // on the JDK that is required, null means that nobody looks
    private void progress(String name, int done, int all) {
        if (System.console() != null && !json) {
            PrintWriter err = spec.commandLine().getErr();
            err.print(name.isEmpty() ? "\r\u001B[K" : "\r" + name + ": " + done + " of " + all + " completions");
            err.flush();
        }
    }

    private void print(String name, Result result) {
        PrintWriter out = spec.commandLine().getOut();
        Figures figures = result.figures();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%-12s exact match %5.1f %% of %d, perplexity %.4f",
                name,
                100 * figures.exactMatch(),
                figures.examples(),
                figures.perplexity()));
        if (figures.nearness() != null) {
            line.append(String.format(
                    Locale.ROOT,
                    ", agreement %.1f %%, KL %.4f nats",
                    100 * figures.nearness().agreement(),
                    figures.nearness().kl()));
        }
        out.println(line);
        for (HelpPoint point : result.help()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-12s with %.1f %% of the tokens from the teacher (aim %.1f %%): exact match %5.1f %%",
                    "",
                    100 * point.used(),
                    100 * point.share(),
                    100 * point.exactMatch()));
        }
        out.flush();
    }

    private String json(Map<String, Result> results) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        if (data != null) {
            results.values().forEach(result -> fill(root, result));
        } else {
            int examples = results.values().stream()
                    .mapToInt(result -> result.figures().examples())
                    .sum();
            double right = results.values().stream()
                    .mapToDouble(result ->
                            result.figures().exactMatch() * result.figures().examples())
                    .sum();
            root.put("examples", examples).put("exactMatch", right / examples);
            ObjectNode workloads = root.putObject("workloads");
            results.forEach((name, result) -> fill(workloads.putObject(name), result));
        }
        return mapper.writeValueAsString(root);
    }

    private static void fill(ObjectNode node, Result result) {
        Figures figures = result.figures();
        node.put("examples", figures.examples());
        node.put("exactMatch", figures.exactMatch());
        node.put("perplexity", figures.perplexity());
        if (figures.nearness() != null) {
            node.put("agreement", figures.nearness().agreement());
            node.put("kl", figures.nearness().kl());
        }
        if (!result.help().isEmpty()) {
            ArrayNode points = node.putArray("helpShare");
            for (HelpPoint point : result.help()) {
                points.addObject()
                        .put("share", point.share())
                        .put("used", point.used())
                        .put("price", point.price())
                        .put("exactMatch", point.exactMatch());
            }
        }
    }

    private int verdict(Map<String, Result> results) {
        Double least = bar == null && data == null && directory == null ? Double.valueOf(BAR) : bar;
        if (least == null) {
            return 0;
        }
        List<String> below = new ArrayList<>();
        results.forEach((name, result) -> {
            if (result.figures().exactMatch() < least) {
                below.add(name);
            }
        });
        if (!below.isEmpty()) {
            throw new FailureException(String.format(
                    Locale.ROOT,
                    "Exact match is below %.1f %% on %s; expected at least that. Train longer, or lower --at-least.",
                    100 * least,
                    String.join(", ", below)));
        }
        if (!json) {
            spec.commandLine()
                    .getOut()
                    .println(String.format(Locale.ROOT, "every exact match is at least %.1f %%", 100 * least));
        }
        return 0;
    }

    /** The teacher: as a model that is scored beside the student, and as one that is asked. */
    private record Teaching(
            @Nullable ModelOnDisk scorer,
            @Nullable LocalTeacher live,
            @Nullable CallLog log,
            @Nullable ScratchFolder scratch)
            implements AutoCloseable {
        static final Teaching NONE = new Teaching(null, null, null, null);

        static Teaching open(Engine engine, Path directory, ModelOnDisk student, boolean asked) throws IOException {
            ModelOnDisk scorer = ModelOnDisk.open(engine, directory, Kernel.FP32);
            Dialect.of(scorer.tokenizer(), scorer.template())
                    .objection(Dialect.of(student.tokenizer(), student.template()))
                    .ifPresent(objection -> {
                        scorer.close();
                        throw new FailureException("Cannot compare " + student.directory() + " with " + directory + ": "
                                + objection + ".");
                    });
            if (!asked) {
                return new Teaching(scorer, null, null, null);
            }
            ScratchFolder scratch = ScratchFolder.make("eval");
            CallLog log = new CallLog(scratch.path().resolve("calls.log"), Clock.tickMillis(ZoneOffset.UTC));
            return new Teaching(scorer, LocalTeacher.open(engine, directory, log, TeacherRates.FREE), log, scratch);
        }

        @Override
        public void close() throws IOException {
            if (live != null) {
                live.close();
            }
            if (log != null) {
                log.close();
            }
            if (scratch != null) {
                scratch.close();
            }
            if (scorer != null) {
                scorer.close();
            }
        }
    }
}
