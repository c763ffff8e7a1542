package dev.understudy.infra.bench.frontier;

import dev.understudy.decode.ask.AskHead;
import dev.understudy.decode.ask.AskPolicy;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.AskReading;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.Rollouts.Terms;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.Contender.Setting;
import dev.understudy.infra.bench.frontier.Decoding.Outcome;
import dev.understudy.infra.scratch.ScratchFolder;
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
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures one situation with one seed: learns asking, brings every policy to every share, decodes the test prompts.
 */
final class Measuring {
    static final double[] SHARES = {0, 0.02, 0.05, 0.1, 0.2};
    private static final int[] FEWER = {100, 300};
    private static final long TRAIN_SEED = 555;
    private static final long DEVELOPMENT_SEED = 98;
    private static final long TEST_SEED = 99;
    private static final long SEED_STRIDE = 1000;

    private final Engine engine;
    private final Clock clock;
    private final Sizes sizes;
    private final Consumer<String> reports;

    /**
     * How much is measured.
     *
     * @param prompts test prompts of a situation
     * @param pricing prompts of a situation on which the budgets of the head are priced
     * @param development those of them on which the knobs of every policy are set
     * @param labelled labelled sequences that asking is learnt from, of a workload
     */
    record Sizes(int prompts, int pricing, int development, int labelled) {
        /** Labelled sequences of a situation. */
        int labelled(Situation situation) {
            return labelled * situation.workloads().size();
        }

        /** Those of the pricing prompts on which knobs are set, in equal parts of each workload. */
        Traffic development(Traffic pricing, Situation situation) {
            return pricing.upTo(Math.max(1, development / situation.workloads().size()), situation);
        }
    }

    Measuring(Engine engine, Clock clock, Sizes sizes, Consumer<String> reports) {
        this.engine = engine;
        this.clock = clock;
        this.sizes = sizes;
        this.reports = reports;
    }

    /** The traffic of one situation and seed. */
    record Draw(Situation situation, int seed, Tokenizer tokenizer, PromptTemplate template) {
        /**
         * Distinct prompts of one split, in equal parts of each workload.
         *
         * @param count of all workloads together
         */
        Traffic of(int count, Split split) {
            long base = switch (split) {
                case TRAIN -> TRAIN_SEED;
                case DEV -> DEVELOPMENT_SEED;
                case TEST -> TEST_SEED;
            };
            int each = Math.max(1, count / situation.workloads().size());
            return Traffic.of(situation, each, split, base + SEED_STRIDE * seed, tokenizer, template);
        }
    }

    /** What a head is learnt from and priced on. */
    private record Evidence(List<AskEvidence> train, List<AskEvidence> heldOut) {}

    Cell cell(Situation situation, int seed, Path student, Path teacher) throws IOException {
        try (ScratchFolder scratch = ScratchFolder.make("frontier");
                Tokenizer tokenizer = engine.tokenizer(student);
                LanguageModel serving = engine.open(student, Kernel.FP16);
                CallLog calls = new CallLog(scratch.path().resolve("calls.log"), clock);
                LocalTeacher local = LocalTeacher.open(engine, teacher, calls, TeacherRates.FREE);
                Remembering asked = new Remembering(local)) {
            PromptTemplate template = PromptTemplate.read(student);
            Draw draw = new Draw(situation, seed, tokenizer, template);
            Traffic train = draw.of(sizes.labelled(situation), Split.TRAIN);
            Traffic pricing = draw.of(sizes.pricing, Split.DEV);
            Traffic development = sizes.development(pricing, situation);
            Traffic test = draw.of(sizes.prompts, Split.TEST);
            Evidence evidence = evidence(student, teacher, train, pricing);
            int end = tokenizer.vocabulary().special(BytePairTrainer.END).orElseThrow();
            Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
            RolloutPrices prices = new RolloutPrices(rollouts, Decoding.prompts(pricing), asked);
            Budgets budgets = new Budgets(prices, evidence.train, evidence.heldOut, seed);
            PricedHead head = budgets.learn();
            reports.accept(situation.title() + " seed " + seed + ": the head is learnt and priced");
            Decoding decoding = new Decoding(rollouts, asked);
            Run run = new Run(situation, decoding, development, test);
            Sweep sweep = new Sweep(decoding, test, head);
            Cell cell = new Cell(
                    situation.title(),
                    seed,
                    test.size(),
                    train.size(),
                    run.exact(new AskPolicy.Never()),
                    run.exact(new AskPolicy.Always()),
                    sweep.points(
                            Contenders.head(head, decoding, development),
                            train.size(),
                            Contenders.rivals(head, decoding, development),
                            name -> reports.accept(situation.title() + ": " + name + " is measured")),
                    budgets.measure(head, decoding, test),
                    run.fewer(evidence, seed));
            reports.accept(situation.title() + " seed " + seed + " is measured");
            return cell;
        }
    }

    private Evidence evidence(Path student, Path teacher, Traffic train, Traffic pricing) {
        try (LanguageModel reader = engine.open(student, Kernel.FP32);
                LanguageModel judge = engine.open(teacher, Kernel.FP32)) {
            TeacherLabels labels = new TeacherLabels(judge);
            AskReading reading = new AskReading(reader);
            return new Evidence(
                    reading.read(labels.label(train.recorded())), reading.read(labels.label(pricing.recorded())));
        }
    }

    /** The decoding part of a cell. */
    private static final class Run {
        private final Situation situation;
        private final Decoding decoding;
        private final Traffic development;
        private final Traffic test;

        Run(Situation situation, Decoding decoding, Traffic development, Traffic test) {
            this.situation = situation;
            this.decoding = decoding;
            this.development = development;
            this.test = test;
        }

        double exact(AskPolicy policy) {
            return decoding.run(test, Terms.of(policy, AskHead.NONE, 1)).exactMatch();
        }

        /** Learned asking at the share that the situation is about, from parts of the evidence. */
        List<Cell.Point> fewer(Evidence evidence, int seed) {
            List<Cell.Point> points = new ArrayList<>();
            int workloads = situation.workloads().size();
            int each = evidence.train.size() / workloads;
            for (int count : FEWER) {
                if (count >= each) {
                    continue;
                }
                List<AskEvidence> part = new ArrayList<>();
                for (int i = 0; i < evidence.train.size(); i++) {
                    if (i % each < count) {
                        part.add(evidence.train.get(i));
                    }
                }
                PricedHead fromFew = Budgets.learn(AskPlan.defaults().withSeed(1 + seed), part, evidence.heldOut);
                Contender contender = Contenders.head(fromFew, decoding, development);
                Setting setting = contender.at(situation.share(), Cost.WRITTEN);
                Outcome outcome = decoding.run(test, setting.terms());
                String text = String.format(Locale.ROOT, "%s, %d sequences", setting.text(), part.size());
                points.add(Cell.Point.of(
                        contender.name(), Cost.WRITTEN.title(), situation.share(), text, outcome, part.size()));
            }
            return points;
        }
    }
}
