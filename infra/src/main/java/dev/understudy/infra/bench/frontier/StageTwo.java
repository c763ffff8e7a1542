package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.AskReading;
import dev.understudy.distil.ask.HeadLearning;
import dev.understudy.distil.ask.OwnPaths;
import dev.understudy.distil.ask.PathLearning;
import dev.understudy.distil.ask.PathLearning.Plan;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.teacher.Teacher;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What stage 2 makes of the head: asks drawn and by threshold, before and after, and without a multiplier. */
final class StageTwo {
    private final Engine engine;
    private final Clock clock;
    private final Teacher asked;

    StageTwo(Engine engine, Clock clock, Teacher asked) {
        this.engine = engine;
        this.clock = clock;
        this.asked = asked;
    }

    List<Cell.Budget> budgets(
            Path student, Path teacher, Traffic train, Traffic pricing, Traffic test, Tokenizer tokenizer) {
        try (LanguageModel reader = engine.open(student, Kernel.FP32);
                LanguageModel judge = engine.open(teacher, Kernel.FP32);
                LanguageModel serving = engine.open(student, Kernel.FP16)) {
            AskReading reading = new AskReading(reader);
            TeacherLabels labels = new TeacherLabels(judge);
            List<AskEvidence> evidence = reading.read(labels.label(train.recorded()));
            List<AskEvidence> heldOut = reading.read(labels.label(pricing.recorded()));
            int end = tokenizer.vocabulary().special(BytePairTrainer.END).orElseThrow();
            Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
            RolloutPrices prices = new RolloutPrices(rollouts, Decoding.prompts(pricing), asked);
            PricedHead before =
                    prices.sharpen(new HeadLearning(AskPlan.defaults()).learn(evidence, heldOut, AskLevels.usual()));
            OwnPaths own = new OwnPaths(rollouts, reading, Decoding.prompts(train), asked);
            PricedHead after = new PathLearning(Plan.defaults(), own).learn(before, evidence);
            PricedHead frozen = new PathLearning(Plan.defaults().frozen(), own).learn(before, evidence);
            Decoding decoding = new Decoding(rollouts, asked);
            List<Cell.Budget> budgets = new ArrayList<>();
            budgets.addAll(measure("stage 1, drawn", before, Action.SAMPLED, decoding, test));
            budgets.addAll(measure("stage 2, drawn", after, Action.SAMPLED, decoding, test));
            budgets.addAll(measure("stage 2, multiplier at 0", frozen, Action.SAMPLED, decoding, test));
            budgets.addAll(measure("stage 2, by threshold", prices.sharpen(after), Action.THRESHOLD, decoding, test));
            return budgets;
        }
    }

    private static List<Cell.Budget> measure(
            String form, PricedHead head, Action action, Decoding decoding, Traffic test) {
        List<Cell.Budget> budgets = new ArrayList<>();
        for (double level : AskLevels.usual()) {
            Outcome outcome = decoding.run(test, new Terms(new AskPolicy.AskToken(action), head, 0.5, level, 0));
            budgets.add(new Cell.Budget(form, level, true, outcome.share(), outcome.exactMatch()));
        }
        return budgets;
    }
}
