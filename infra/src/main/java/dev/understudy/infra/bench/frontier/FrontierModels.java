package dev.understudy.infra.bench.frontier;

import dev.understudy.lm.engine.Engine;
import dev.understudy.workload.DemoModels;
import dev.understudy.workload.DemoModels.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The students and teachers of the frontier, made by the product's own trainer and kept in a work folder: a second run
 * finds them there. The student whose knowledge goes stale is the shipped one.
 */
final class FrontierModels {
    private final DemoModels maker;
    private final Path shippedStudent;
    private final Path shippedTeacher;
    private final Path work;

    /**
     * @param shipped folder with {@code student} and {@code teacher}
     * @param work folder that the models are kept in
     * @param reports hears how training goes
     */
    FrontierModels(Engine engine, Clock clock, Path shipped, Path work, Consumer<String> reports) {
        this.shippedStudent = shipped.resolve("student");
        this.shippedTeacher = shipped.resolve("teacher");
        this.work = work;
        maker = new DemoModels(
                engine,
                clock,
                progress -> reports.accept(String.format(
                        Locale.ROOT,
                        "training: step %d of %d, loss %.3f nats, %d s left",
                        progress.step(),
                        progress.steps(),
                        progress.loss(),
                        progress.timeLeft().toSeconds())));
    }

    /** Directory of the situation's student, trained first where it is missing. */
    Path student(Situation situation) {
        Recipe recipe = situation.student();
        if (recipe.equals(Recipe.student())) {
            return shippedStudent;
        }
        Path directory = work.resolve("models").resolve(recipe.name() + "-" + recipe.examples());
        if (!Files.exists(directory.resolve("model.safetensors"))) {
            maker.train(recipe, shippedStudent, directory);
        }
        return directory;
    }

    /** Directory of the situation's teacher. */
    Path teacher(Situation situation) {
        if (situation != Situation.FREE_WORDING) {
            return shippedTeacher;
        }
        Path directory = work.resolve("models").resolve("wording-teacher");
        if (!Files.exists(directory.resolve("model.safetensors"))) {
            maker.refine(Recipe.wordingTeacher(), shippedTeacher, shippedStudent, directory);
        }
        return directory;
    }
}
