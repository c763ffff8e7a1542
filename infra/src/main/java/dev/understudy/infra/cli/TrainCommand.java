package dev.understudy.infra.cli;

import dev.understudy.config.SettingsException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.train.AskTraining;
import dev.understudy.infra.train.Interruption;
import dev.understudy.infra.train.TrainRun;
import dev.understudy.infra.train.TrainSettings;
import dev.understudy.infra.train.TrainSettings.Beginning;
import dev.understudy.lm.Kernel;
import dev.understudy.workload.DemoModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a model on a file of pairs, by its completions or by a teacher, or one of the models of the demo. */
@Command(
        name = "train",
        description = {
            "Trains a model on pairs {\"prompt\",\"completion\"}, one JSON object a line: on the completions, or with --teacher on what it says of them.",
            "Without --from a new model is made, and without --teacher a new tokenizer. Ctrl-C leaves a run that the same command continues with --resume.",
            "With --recipe it makes the demo's tokenizer (seconds), student (about 3 CPU minutes) or teacher (about 15); an interrupted one continues when started again."
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final String CROSS_ENTROPY = "cross-entropy";
    private static final String FORWARD_KL = "forward-kl";
    private static final String KDTW = "kdtw";
    private static final Set<Kernel> READERS = EnumSet.of(Kernel.AUTO, Kernel.ONEDNN, Kernel.BF16, Kernel.FP32);

    /** What to make. */
    enum Recipe {
        TOKENIZER,
        STUDENT,
        TEACHER
    }

    /** What learns to ask. */
    enum Form {
        HEAD,
        ROW
    }

    private final Clock clock;
    private final Interruption interruption;

    @Option(names = "--data", description = "JSON-lines file of pairs.")
    private @Nullable Path data;

    @Option(names = "--out", required = true, description = "Folder of the run and of the model.")
    private Path out = Path.of(".");

    @Option(names = "--model", description = "YAML file of sizes and training settings (docs/training.md).")
    private @Nullable Path model;

    @Option(names = "--from", description = "Model directory whose weights are trained further.")
    private @Nullable Path from;

    @Option(names = "--teacher", description = "Model directory whose next-token laws are learnt; recorded once.")
    private @Nullable Path teacher;

    @Option(
            names = "--teacher-kernel",
            description =
                    "How the teacher's matrices are multiplied: ONEDNN or FP32 (single precision), BF16 (factors rounded to bfloat16) or AUTO (default): BF16 where it is faster here and the teacher's laws stay within a mean KL of 1e-3 nats, else ONEDNN. A resumed run keeps the one it was begun with.")
    private @Nullable Kernel teacherKernel;

    @Option(
            names = "--method",
            description =
                    "cross-entropy, or with --teacher forward-kl (default), reverse-kl, generalised-jsd, skew-kl, skew-reverse-kl; kdtw teaches the model of --from when to ask --teacher.")
    private @Nullable String method;

    @Option(
            names = "--form",
            defaultValue = "HEAD",
            description =
                    "For kdtw, what learns to ask: HEAD, networks beside the weights (default), or ROW, the weights, with the ask token in the vocabulary.")
    private Form form = Form.HEAD;

    @Option(
            names = "--stage-2",
            description =
                    "For --form HEAD: sharpens it for drawn asks (decode.ask.action: sampled) by path consistency.")
    private boolean stageTwo;

    @Option(names = "--keep-ask", description = "For --form ROW: the ask token stays in what the student reads.")
    private boolean keepAsk;

    @Option(names = "--resume", description = "Continues the interrupted run in --out.")
    private boolean resume;

    @Option(names = "--recipe", description = "Instead of --data one of the demo's: ${COMPLETION-CANDIDATES}.")
    private @Nullable Recipe recipe;

    @Option(
            names = "--tokenizer",
            description =
                    "For a recipe: folder with tokenizer.json (default: the shipped student; not needed for the recipe tokenizer).")
    private Path tokenizer = Path.of("infra", "models", "student");

    @Option(
            names = "--examples",
            defaultValue = "0",
            description = "For a recipe: examples of each stage; 0 takes the recipe's number.")
    private int examples;

    @CommandLine.Mixin
    private DeviceOption device = new DeviceOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    TrainCommand(Clock clock, Interruption interruption) {
        this.clock = clock;
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws IOException {
        if ((recipe == null) == (data == null)) {
            throw new UsageException("Name what to train on: a file of pairs by --data, or one of the demo's models by"
                    + " --recipe; found " + (data == null ? "neither" : "both") + ".");
        }
        return data == null ? recipe() : pairs(data);
    }

    private int pairs(Path file) throws IOException {
        String named = method == null ? (teacher == null ? CROSS_ENTROPY : FORWARD_KL) : method;
        if (named.equals(CROSS_ENTROPY) != (teacher == null)) {
            throw new UsageException("--method " + named + (teacher == null ? " needs a teacher" : " asks no teacher")
                    + "; expected " + (teacher == null ? "one by --teacher, or the method " + CROSS_ENTROPY : "none")
                    + ".");
        }
        for (Path directory : new Path[] {from, teacher}) {
            if (directory != null && !Files.isDirectory(directory)) {
                throw new UsageException("There is no model in " + directory
                        + ": it is not a folder, expected a Hugging Face directory. Correct the path.");
            }
        }
        if (teacherKernel != null && (teacher == null || named.equals(KDTW) || !READERS.contains(teacherKernel))) {
            throw new UsageException("--teacher-kernel " + teacherKernel
                    + " is of no use here: it says how the laws of --teacher are read, by AUTO, ONEDNN, BF16 or FP32, and"
                    + " --method kdtw reads in single precision. Leave it out or correct it.");
        }
        if (named.equals(KDTW)) {
            return asking(file);
        }
        if (form != Form.HEAD || keepAsk || stageTwo) {
            throw new UsageException("--form, --stage-2 and --keep-ask say how --method kdtw learns; found --method "
                    + named + ". Leave them out.");
        }
        Beginning beginning = from != null ? Beginning.MODEL : teacher != null ? Beginning.TEACHER : Beginning.NOTHING;
        TrainSettings settings;
        try {
            settings = TrainSettings.parse(
                    teacher == null ? FORWARD_KL : named,
                    beginning,
                    model == null ? new String[0] : SettingsFile.arguments(model));
        } catch (SettingsException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        TrainRun.Start start = resume ? TrainRun.Start.RESUMED : TrainRun.Start.FRESH;
        TrainRun.Asked asked = teacher == null
                ? null
                : new TrainRun.Asked(teacher, teacherKernel == null ? Kernel.AUTO : teacherKernel);
        TrainRun.Request request = new TrainRun.Request(file, out, from, asked, named, settings, start);
        new TrainRun(request, device.engine(), clock, spec.commandLine().getOut(), interruption).run();
        return 0;
    }

    private int asking(Path file) throws IOException {
        if (from == null || teacher == null || model != null || resume) {
            throw new UsageException(
                    "--method kdtw learns when the model of --from asks that of --teacher, by one set of"
                            + " settings and in one go; expected both of these, and neither --model nor --resume. Correct the"
                            + " command.");
        }
        if (keepAsk && form == Form.HEAD) {
            throw new UsageException("--keep-ask keeps an ask token in what the student reads; the form HEAD has none."
                    + " Add --form ROW or leave it out.");
        }
        if (stageTwo && form == Form.ROW) {
            throw new UsageException("--stage-2 sharpens the form HEAD; found --form ROW. Leave one of them out.");
        }
        AskTraining.Form head = stageTwo ? AskTraining.Form.HEAD_DRAWN : AskTraining.Form.HEAD;
        AskTraining.Form learnt = form == Form.HEAD ? head : keepAsk ? AskTraining.Form.ROW_KEPT : AskTraining.Form.ROW;
        AskTraining.Request request = new AskTraining.Request(file, from, teacher, out, learnt);
        new AskTraining(request, device.engine(), clock, spec.commandLine().getOut()).run();
        return 0;
    }

    private int recipe() {
        PrintWriter screen = spec.commandLine().getOut();
        if (recipe == Recipe.TOKENIZER) {
            DemoModels.writeTokenizer(out);
            screen.println("wrote " + out.resolve("tokenizer.json"));
            return 0;
        }
        if (!Files.isRegularFile(tokenizer.resolve("tokenizer.json"))) {
            throw new UsageException(
                    "Cannot train without a tokenizer: " + tokenizer
                            + " has no tokenizer.json. Make one with 'understudy train --recipe tokenizer --out DIR' and name it by --tokenizer.");
        }
        DemoModels models = new DemoModels(
                device.engine(),
                clock,
                progress -> screen.println(String.format(
                        Locale.ROOT,
                        "step %d of %d, loss %.4f nats, %.0f tokens/s, %d s left",
                        progress.step(),
                        progress.steps(),
                        progress.loss(),
                        progress.tokensPerSecond(),
                        progress.timeLeft().toSeconds())));
        Map<String, Double> figures = recipe == Recipe.STUDENT ? student(models) : teacher(models);
        figures.forEach((workload, exact) ->
                screen.println(String.format(Locale.ROOT, "%-12s exact match %.1f %%", workload, 100 * exact)));
        return 0;
    }

    private Map<String, Double> student(DemoModels models) {
        DemoModels.Recipe stage = sized(DemoModels.Recipe.student());
        models.train(stage, tokenizer, out);
        return models.describe(out, List.of(stage));
    }

    /** Two stages: the second gives more weight to what the first learnt last. */
    private Map<String, Double> teacher(DemoModels models) {
        DemoModels.Recipe first = sized(DemoModels.Recipe.teacher());
        DemoModels.Recipe second = sized(DemoModels.Recipe.teacherRefined());
        Path beginning = out.resolve("stage-1");
        models.train(first, tokenizer, beginning);
        models.refine(second, beginning, tokenizer, out);
        return models.describe(out, List.of(first, second));
    }

    private DemoModels.Recipe sized(DemoModels.Recipe stage) {
        return examples > 0 ? stage.withExamples(examples) : stage;
    }
}
