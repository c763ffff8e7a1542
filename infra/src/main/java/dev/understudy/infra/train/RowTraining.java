package dev.understudy.infra.train;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.head.RowHead;
import dev.understudy.distil.TrainingProgress;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.distil.row.RowExample;
import dev.understudy.distil.row.RowLearning;
import dev.understudy.distil.row.RowPlan;
import dev.understudy.distil.row.RowPricing;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.Prompt;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.teacher.Teacher;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Teaches a student to say the ask token: the vocabulary form of the method kdtw. The weights are trained, so what
 * comes out is a new model, with the file that says how it asks. Confined to one thread.
 */
public final class RowTraining {
    private static final int BETWEEN_REPORTS = 100;

    private final Engine engine;
    private final Clock clock;
    private final Consumer<TrainingProgress> reports;

    /**
     * Where a student is trained.
     *
     * @param student directory of the model that will ask
     * @param teacher directory of the model that is asked
     * @param out directory to make
     * @param tokenizer of both
     */
    public record Place(Path student, Path teacher, Path out, Tokenizer tokenizer) {}

    public RowTraining(Engine engine, Clock clock, Consumer<TrainingProgress> reports) {
        this.engine = engine;
        this.clock = clock;
        this.reports = reports;
    }

    /**
     * Trains and writes the weights.
     *
     * @param recorded dense sequences to learn from, at least one
     * @return the head, not priced yet
     * @throws UsageException when the vocabulary has no room for the ask token
     */
    public RowHead learn(Place place, List<LabelledSequence> recorded, double[] levels, Trace trace, RowPlan plan) {
        AskEntries entries;
        try {
            entries = AskEntries.of(place.tokenizer().vocabulary(), levels, trace);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Cannot teach " + place.student() + " the ask token: " + e.getMessage());
        }
        List<RowExample> examples = examples(place, recorded);
        try (Trainer trainer = engine.trainer(place.student())) {
            new RowLearning(plan, entries).train(trainer, examples, clock, BETWEEN_REPORTS, reports);
            trainer.saveModel(place.out(), Storage.FP32);
        }
        return RowHead.unpriced(entries);
    }

    /** The head with prices that hold on prompts that it was not trained on; the weights must be written. */
    public RowHead price(Place place, RowHead head, List<Prompt> prompts, Teacher teacher, int end) {
        try (LanguageModel serving = engine.open(place.out(), Kernel.FP16)) {
            Rollouts rollouts = new Rollouts(serving, place.tokenizer(), List.of(end), clock);
            return new RowPricing(new RolloutPrices(rollouts, prompts, teacher)).price(head.entries());
        }
    }

    private List<RowExample> examples(Place place, List<LabelledSequence> recorded) {
        try (LanguageModel student = engine.open(place.student(), Kernel.FP32);
                LanguageModel teacher = engine.open(place.teacher(), Kernel.FP32)) {
            List<LabelledSequence> taught = new TeacherLabels(teacher).label(recorded);
            List<LabelledSequence> own = new TeacherLabels(student).label(recorded);
            List<RowExample> examples = new ArrayList<>();
            for (int i = 0; i < recorded.size(); i++) {
                examples.add(RowExample.of(taught.get(i), own.get(i)));
            }
            return examples;
        }
    }
}
