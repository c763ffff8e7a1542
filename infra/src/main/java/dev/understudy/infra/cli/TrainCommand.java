package dev.understudy.infra.cli;

import dev.understudy.lm.Engine;
import dev.understudy.workload.DemoModels;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the models that the demo starts from; a run that was interrupted continues. */
@Command(
        name = "train",
        description = {
            "Trains the demo's tokenizer, student or teacher from generated pairs.",
            "The student takes about 3 CPU minutes, the teacher about 15. An interrupted run continues when started again with the same --out."
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    /** What to make. */
    enum Recipe {
        TOKENIZER,
        STUDENT,
        TEACHER
    }

    private final Clock clock;

    @Option(names = "--recipe", required = true, description = "One of: ${COMPLETION-CANDIDATES}.")
    private Recipe recipe = Recipe.STUDENT;

    @Option(names = "--out", required = true, description = "Folder of the model.")
    private Path out = Path.of(".");

    @Option(
            names = "--tokenizer",
            description =
                    "Folder with tokenizer.json (default: the shipped student; not needed for the recipe tokenizer).")
    private Path tokenizer = Path.of("infra", "models", "student");

    @Option(
            names = "--examples",
            defaultValue = "0",
            description = "Examples of each stage; 0 takes the recipe's number.")
    private int examples;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    TrainCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() {
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
                Engine.installed(),
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
