package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskEntries;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.ask.AskPolicy.AskToken.Action;
import dev.understudy.decode.head.RowHead;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.distil.row.RowPlan;
import dev.understudy.distil.row.RowPricing;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import dev.understudy.infra.bench.frontier.Measuring.Sizes;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.infra.train.RowTraining;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.TeacherRates;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures the vocabulary forms of asking in one situation with one seed: the student is trained to say the ask token,
 * without it in its context and with it, priced, and decodes the test prompts at each budget. On the weights that come
 * out every rival decodes them too.
 */
final class RowMeasuring {
    private static final double[] LEVELS = {0.02, 0.05, 0.1, 0.2, 0.3};
    private static final double[] SPARE = {0.02, 0.05, 0.1, 0.2, 0.3, 0.4};
    private static final double UNSEEN = 0.15;
    private static final double[] ABLATED = {0.02, 0.1, 0.3};
    private static final double[] TOLD = {0, 0.02, 0.05, 0.1, UNSEEN, 0.2, 0.3};

    private final Engine engine;
    private final Clock clock;
    private final Sizes sizes;
    private final Consumer<String> reports;
    private final RowTraining training;

    RowMeasuring(Engine engine, Clock clock, Sizes sizes, Consumer<String> reports) {
        this.engine = engine;
        this.clock = clock;
        this.sizes = sizes;
        this.reports = reports;
        training = new RowTraining(
                engine,
                clock,
                at -> reports.accept(
                        "training: step " + at.step() + " of " + at.steps() + ", loss " + at.loss() + " nats"));
    }

    RowCell cell(Situation situation, int seed, Path student, Path teacher) throws IOException {
        try (ScratchFolder scratch = ScratchFolder.make("frontier");
                Tokenizer tokenizer = engine.tokenizer(student);
                CallLog calls = new CallLog(scratch.path().resolve("calls.log"), clock);
                LocalTeacher local = LocalTeacher.open(engine, teacher, calls, TeacherRates.FREE);
                Remembering asked = new Remembering(local)) {
            Measuring.Draw draw = new Measuring.Draw(situation, seed, tokenizer, PromptTemplate.read(student));
            Traffic train = draw.of(sizes.labelled(situation), Split.TRAIN);
            Traffic pricing = draw.of(sizes.pricing(), Split.DEV);
            Traffic development = sizes.development(pricing, situation);
            Traffic test = draw.of(sizes.prompts(), Split.TEST);
            RowPlan plan = RowPlan.defaults().withSeed(1 + seed);
            List<Cell.Point> points = new ArrayList<>();
            List<Cell.Budget> budgets = new ArrayList<>();
            budgets.addAll(
                    new StageTwo(engine, clock, asked).budgets(student, teacher, train, pricing, test, tokenizer));
            reports.accept(situation.title() + " seed " + seed + ": stage 2 is measured");
            // One more level than is trained gives an entry that was never told.
            int[] spare =
                    AskEntries.of(tokenizer.vocabulary(), SPARE, Trace.NONE).tokens();
            int nonsense = spare[spare.length - 1];
            for (Trace trace : Trace.values()) {
                Path out = scratch.path().resolve(trace.name());
                RowTraining.Place place = new RowTraining.Place(student, teacher, out, tokenizer);
                RowHead free = training.learn(place, train.recorded(), LEVELS, trace, plan);
                try (LanguageModel serving = engine.open(out, Kernel.FP16)) {
                    int end =
                            tokenizer.vocabulary().special(BytePairTrainer.END).orElseThrow();
                    Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
                    RolloutPrices prices = new RolloutPrices(rollouts, Decoding.prompts(pricing), asked);
                    RowHead head = new RowPricing(prices).price(free.entries());
                    Decoding decoding = new Decoding(rollouts, asked);
                    budgets.addAll(measure(head, nonsense, decoding, test));
                    if (trace == Trace.NONE) {
                        Sweep sweep = new Sweep(decoding, test, free);
                        points.addAll(sweep.points(
                                Contenders.row(free, decoding, development),
                                train.size(),
                                Contenders.rivals(free, decoding, development),
                                name -> reports.accept(
                                        situation.title() + ", trained weights: " + name + " is measured")));
                    }
                }
                reports.accept(situation.title() + " seed " + seed + ": the vocabulary form, trace " + trace
                        + ", is measured");
            }
            return new RowCell(situation.title(), seed, test.size(), train.size(), budgets, points);
        }
    }

    /** Told its budget and priced; drawn instead, as it was trained; and told what it was not trained for. */
    private static List<Cell.Budget> measure(RowHead head, int nonsense, Decoding decoding, Traffic test) {
        List<Cell.Budget> budgets = new ArrayList<>();
        boolean kept = head.entries().trace() == Trace.KEPT;
        String form = kept ? RowCell.FORM + ", ask kept" : RowCell.FORM;
        for (double level : TOLD) {
            budgets.add(budget(form, level, terms(Action.THRESHOLD, head, level), decoding, test));
        }
        RowHead free = RowHead.unpriced(head.entries());
        RowHead astray = told(head, nonsense);
        for (double level : ABLATED) {
            budgets.add(budget(form + ", drawn", level, terms(Action.SAMPLED, free, level), decoding, test));
            budgets.add(
                    budget(form + ", told nonsense", level, terms(Action.THRESHOLD, astray, level), decoding, test));
        }
        int[] tokens = head.entries().tokens();
        RowHead wrong = told(head, tokens[tokens.length - 1]);
        Terms mistaken = terms(Action.THRESHOLD, wrong, ABLATED[0]);
        budgets.add(budget(form + ", told a wrong level", ABLATED[0], mistaken, decoding, test));
        return budgets;
    }

    /** The same prices, with one token in place of every level's. */
    private static RowHead told(RowHead head, int token) {
        AskEntries entries = head.entries();
        int[] tokens = new int[entries.tokens().length];
        Arrays.fill(tokens, token);
        return new RowHead(new AskEntries(entries.ask(), entries.levels(), tokens, entries.trace()), head.prices());
    }

    private static Terms terms(Action action, RowHead head, double level) {
        return new Terms(new AskPolicy.AskToken(action), head, 0.5, level, 0);
    }

    private static Cell.Budget budget(String form, double level, Terms terms, Decoding decoding, Traffic test) {
        Outcome outcome = decoding.run(test, terms);
        return new Cell.Budget(form, level, level != UNSEEN, outcome.share(), outcome.exactMatch());
    }
}
