package dev.understudy.infra.train;

import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.decode.ask.AskEntries.Trace;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.decode.head.RowHead;
import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.AskReading;
import dev.understudy.distil.ask.HeadLearning;
import dev.understudy.distil.ask.OwnPaths;
import dev.understudy.distil.ask.PathLearning;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.distil.pair.PairFile;
import dev.understudy.distil.pair.PairSet;
import dev.understudy.distil.row.RowPlan;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.infra.scratch.ScratchFolder;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.prompt.Dialect;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
import dev.understudy.teacher.Teacher;
import dev.understudy.teacher.TeacherRates;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Teaches a student when to ask: the method kdtw on a file of pairs. What comes out is the student's directory with an
 * ask head in it, priced for every budget level; the weights stay as they are, but for the vocabulary form. Seconds to
 * minutes, so it is not resumed. Confined to one thread.
 */
public final class AskTraining {
    /** Every fifth pair is kept for the prices. */
    private static final int HELD_OUT = 5;
    /** Held-out prompts that are decoded freely to find them. */
    private static final int ROLLED_OUT = 200;

    private static final int LEAST_PAIRS = 50;
    private static final String WORKLOAD = "pairs";

    private final Request request;
    private final Engine engine;
    private final Clock clock;
    private final PrintWriter screen;

    /**
     * What asking is learnt for, from whom and on what.
     *
     * @param data file of pairs
     * @param student directory of the model that will ask
     * @param teacher directory of the model that is asked
     * @param out directory to make
     * @param form what learns to ask
     */
    public record Request(Path data, Path student, Path teacher, Path out, Form form) {}

    /** What of the student learns to ask. */
    public enum Form {
        /** Networks beside the weights. */
        HEAD,
        /** The same, sharpened by stage 2 and priced for drawn asks. */
        HEAD_DRAWN,
        /** The weights: the ask token is an entry of the vocabulary. */
        ROW,
        /** The same, with the ask token kept in what the student reads. */
        ROW_KEPT
    }

    public AskTraining(Request request, Engine engine, Clock clock, PrintWriter screen) {
        this.request = request;
        this.engine = engine;
        this.clock = clock;
        this.screen = screen;
    }

    /**
     * Learns, prices and writes.
     *
     * @throws UsageException when files do not fit together, with what to do
     */
    public void run() throws IOException {
        if (Files.exists(request.out().resolve("model.safetensors"))) {
            throw new UsageException(request.out() + " already holds a model; choose another --out.");
        }
        PairFile file = PairFile.read(request.data());
        refuse(file.problems());
        try (Tokenizer tokenizer = engine.tokenizer(request.student())) {
            checkDialect();
            int end = endId(tokenizer);
            PairSet pairs = PairSet.encode(
                    file,
                    tokenizer,
                    PromptTemplate.read(request.student()),
                    end,
                    ModelConfig.read(request.student()).shape().context());
            refuse(pairs.problems());
            if (pairs.pairs().size() < LEAST_PAIRS) {
                throw new UsageException(
                        "Asking cannot be learnt from " + pairs.pairs().size() + " pairs; expected at least "
                                + LEAST_PAIRS + ". Add pairs: 300 of each kind of line do well.");
            }
            if (request.form() == Form.HEAD || request.form() == Form.HEAD_DRAWN) {
                PricedHead head = learn(pairs.pairs(), tokenizer, end);
                copyStudent();
                AskHeadFile.write(request.out(), head);
                report(
                        head.levels().levels(),
                        head.levels().prices(),
                        head.levels().use());
            } else {
                row(pairs.pairs(), tokenizer, end);
            }
        }
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new UsageException(String.join(System.lineSeparator(), problems));
        }
    }

    private void checkDialect() {
        Dialect.read(engine, request.teacher())
                .objection(Dialect.read(engine, request.student()))
                .ifPresent(objection -> {
                    throw new UsageException("Cannot learn to ask " + request.teacher() + " for " + request.student()
                            + ": " + objection + ".");
                });
    }

    private int endId(Tokenizer tokenizer) {
        Integer configured = ModelConfig.read(request.student()).endId();
        if (configured != null) {
            return configured;
        }
        return tokenizer
                .vocabulary()
                .special(BytePairTrainer.END)
                .orElseThrow(() -> new UsageException("Cannot learn to ask with " + request.student()
                        + ": no end token is known, expected eos_token_id in its config.json. Name it there."));
    }

    private PricedHead learn(List<Pair> pairs, Tokenizer tokenizer, int end) throws IOException {
        List<LabelledSequence> recorded = recorded(pairs);
        try (LanguageModel student = engine.open(request.student(), Kernel.FP32);
                LanguageModel teacher = engine.open(request.teacher(), Kernel.FP32)) {
            say("the teacher reads %d pairs", recorded.size());
            List<AskEvidence> evidence = new AskReading(student).read(new TeacherLabels(teacher).label(recorded));
            List<AskEvidence> learnt = new ArrayList<>();
            List<AskEvidence> heldOut = new ArrayList<>();
            for (int i = 0; i < evidence.size(); i++) {
                (i % HELD_OUT == 0 ? heldOut : learnt).add(evidence.get(i));
            }
            say("learning from %d, pricing on %d", learnt.size(), heldOut.size());
            PricedHead cloned = new HeadLearning(AskPlan.defaults()).learn(learnt, heldOut, AskLevels.usual());
            PricedHead head = sharpen(cloned, pairs, tokenizer, end);
            return request.form() == Form.HEAD
                    ? head
                    : drawn(head, new AskReading(student), learnt, pairs, tokenizer, end);
        }
    }

    private static List<LabelledSequence> recorded(List<Pair> pairs) {
        return pairs.stream()
                .map(pair -> LabelledSequence.ofPair(WORKLOAD, pair.prompt(), pair.answer()))
                .toList();
    }

    private PricedHead sharpen(PricedHead head, List<Pair> pairs, Tokenizer tokenizer, int end) throws IOException {
        try (LanguageModel serving = engine.open(request.student(), Kernel.AUTO)) {
            Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
            return withTeacher(teacher -> new RolloutPrices(rollouts, prompts(pairs), teacher).sharpen(head));
        }
    }

    /** Stage 2, on the prompts that no price is found on. */
    private PricedHead drawn(
            PricedHead head,
            AskReading reading,
            List<AskEvidence> evidence,
            List<Pair> pairs,
            Tokenizer tokenizer,
            int end)
            throws IOException {
        say("stage 2: the student draws its asks");
        List<Prompt> own = prompts(pairs, 1);
        try (LanguageModel serving = engine.open(request.student(), Kernel.AUTO)) {
            Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
            return withTeacher(teacher -> new PathLearning(
                            PathLearning.Plan.defaults(), new OwnPaths(rollouts, reading, own, teacher))
                    .learn(head, evidence));
        }
    }

    private void row(List<Pair> pairs, Tokenizer tokenizer, int end) throws IOException {
        List<Pair> learnt = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            if (i % HELD_OUT != 0) {
                learnt.add(pairs.get(i));
            }
        }
        RowTraining training = new RowTraining(
                engine,
                clock,
                at -> say(
                        "step %d of %d, loss %.3f nats, %d s left",
                        at.step(), at.steps(), at.loss(), at.timeLeft().toSeconds()));
        RowTraining.Place place = new RowTraining.Place(request.student(), request.teacher(), request.out(), tokenizer);
        Trace trace = request.form() == Form.ROW ? Trace.NONE : Trace.KEPT;
        say("learning from %d, pricing on %d", learnt.size(), pairs.size() - learnt.size());
        RowHead untold = training.learn(place, recorded(learnt), AskLevels.usual(), trace, RowPlan.defaults());
        RowHead head = withTeacher(teacher -> training.price(place, untold, prompts(pairs), teacher, end));
        // Last: without it the directory does not ask.
        AskHeadFile.write(request.out(), head);
        report(AskLevels.usual(), head.prices().own(), head.prices().use());
    }

    private <T> T withTeacher(Function<Teacher, T> use) throws IOException {
        try (ScratchFolder scratch = ScratchFolder.make("train");
                CallLog calls = new CallLog(scratch.path().resolve("calls.log"), clock);
                LocalTeacher teacher = LocalTeacher.open(engine, request.teacher(), calls, TeacherRates.FREE)) {
            return use.apply(teacher);
        }
    }

    /** Held-out prompts, each with room for the longest completion of the file. */
    private static List<Prompt> prompts(List<Pair> pairs) {
        return prompts(pairs, 0);
    }

    private static List<Prompt> prompts(List<Pair> pairs, int from) {
        int longest =
                pairs.stream().mapToInt(pair -> pair.answer().length).max().orElseThrow();
        List<Prompt> prompts = new ArrayList<>();
        for (int i = from; i < pairs.size() && prompts.size() < ROLLED_OUT; i += HELD_OUT) {
            prompts.add(new Prompt(
                    new PromptId("pair-" + i),
                    WORKLOAD,
                    WORKLOAD,
                    pairs.get(i).prompt(),
                    Sampling.GREEDY,
                    2 * longest,
                    true,
                    Instant.EPOCH));
        }
        return prompts;
    }

    private void copyStudent() throws IOException {
        Files.createDirectories(request.out());
        try (Stream<Path> files = Files.list(request.student())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                // the manifest vouches for a directory without the head
                if (!name.equals(CheckpointManifest.FILE_NAME) && !name.equals(AskHeadFile.NAME)) {
                    Files.copy(file, request.out().resolve(name));
                }
            }
        }
    }

    private void report(double[] levels, double[] prices, double[] use) {
        for (int l = 0; l < levels.length; l++) {
            say(
                    "budget %2.0f %%: price %.4f, use %.1f %% of the held-out tokens",
                    100 * levels[l], prices[l], 100 * use[l]);
        }
        say("wrote %s", request.out().resolve(AskHeadFile.NAME));
    }

    private void say(String format, Object... values) {
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
