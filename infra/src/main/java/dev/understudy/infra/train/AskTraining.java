package dev.understudy.infra.train;

import dev.understudy.checkpoint.CheckpointManifest;
import dev.understudy.decode.head.AskHeadFile;
import dev.understudy.decode.head.AskLevels;
import dev.understudy.decode.head.PricedHead;
import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.distil.ask.AskEvidence;
import dev.understudy.distil.ask.AskPlan;
import dev.understudy.distil.ask.AskReading;
import dev.understudy.distil.ask.HeadLearning;
import dev.understudy.distil.ask.RolloutPrices;
import dev.understudy.distil.ask.Rollouts;
import dev.understudy.distil.ask.TeacherLabels;
import dev.understudy.distil.pair.PairFile;
import dev.understudy.distil.pair.PairSet;
import dev.understudy.infra.cli.UsageException;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.LabelledSequence;
import dev.understudy.teacher.CallLog;
import dev.understudy.teacher.LocalTeacher;
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
import java.util.stream.Stream;

/**
 * Teaches a student when to ask: the method kdtw on a file of pairs. The weights stay as they are; what comes out is
 * the student's directory with an ask head in it, priced for every budget level. Seconds to minutes, so it is not
 * resumed. Confined to one thread.
 */
public final class AskTraining {
    private static final double[] LEVELS = {0.02, 0.05, 0.1, 0.2, 0.3};
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
     */
    public record Request(Path data, Path student, Path teacher, Path out) {}

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
            checkVocabulary(tokenizer);
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
            PricedHead head = sharpen(learn(pairs.pairs()), pairs.pairs(), tokenizer, end);
            write(head);
            report(head);
        }
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new UsageException(String.join(System.lineSeparator(), problems));
        }
    }

    private void checkVocabulary(Tokenizer tokenizer) {
        try (Tokenizer other = engine.tokenizer(request.teacher())) {
            String mine = tokenizer.vocabulary().fingerprint().hex();
            String theirs = other.vocabulary().fingerprint().hex();
            if (!mine.equals(theirs)) {
                throw new UsageException("Cannot learn to ask " + request.teacher() + " for " + request.student()
                        + ": their vocabularies are " + theirs + " and " + mine
                        + ", expected the same. Take a teacher of this vocabulary.");
            }
        }
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

    private PricedHead learn(List<Pair> pairs) {
        List<LabelledSequence> recorded = pairs.stream()
                .map(pair -> LabelledSequence.ofPair(WORKLOAD, pair.prompt(), pair.answer()))
                .toList();
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
            return new HeadLearning(AskPlan.defaults()).learn(learnt, heldOut, LEVELS);
        }
    }

    private PricedHead sharpen(PricedHead head, List<Pair> pairs, Tokenizer tokenizer, int end) throws IOException {
        Path log = Files.createTempFile("understudy-train-", ".log");
        try (LanguageModel serving = engine.open(request.student(), Kernel.FP16);
                CallLog calls = new CallLog(log, clock);
                LocalTeacher teacher = LocalTeacher.open(engine, request.teacher(), calls, TeacherRates.FREE)) {
            Rollouts rollouts = new Rollouts(serving, tokenizer, List.of(end), clock);
            return new RolloutPrices(rollouts, prompts(pairs), teacher).sharpen(head);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Held-out prompts, each with room for the longest completion of the file. */
    private static List<Prompt> prompts(List<Pair> pairs) {
        int longest =
                pairs.stream().mapToInt(pair -> pair.answer().length).max().orElseThrow();
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < pairs.size() && prompts.size() < ROLLED_OUT; i += HELD_OUT) {
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

    private void write(PricedHead head) throws IOException {
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
        AskHeadFile.write(request.out(), head);
    }

    private void report(PricedHead head) {
        AskLevels levels = head.levels();
        for (int l = 0; l < levels.levels().length; l++) {
            say(
                    "budget %2.0f %%: price %.4f, use %.1f %% of the held-out tokens",
                    100 * levels.levels()[l], levels.prices()[l], 100 * levels.use()[l]);
        }
        say("wrote %s", request.out().resolve(AskHeadFile.NAME));
    }

    private void say(String format, Object... values) {
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
