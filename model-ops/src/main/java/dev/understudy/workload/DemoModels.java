package dev.understudy.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.distil.Decay;
import dev.understudy.distil.ForcedExactMatch;
import dev.understudy.distil.PairTrainer;
import dev.understudy.distil.PairTrainer.Pair;
import dev.understudy.distil.PairTrainer.Plan;
import dev.understudy.distil.SavedState;
import dev.understudy.distil.Schedule;
import dev.understudy.distil.TrainingProgress;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Storage;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import dev.understudy.workload.IntakeStream.Share;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes the models that the demo starts from: one tokenizer, a student that knows three workloads of the first release,
 * and a teacher that knows all of them. Deterministic on one machine; a killed run continues from its last saved state
 * when started again with the same directory. Confined to one thread.
 */
public final class DemoModels {
    /** Ids of the shared vocabulary. */
    public static final int VOCABULARY = 768;

    private static final int CONTEXT = 192;
    private static final int TOKENIZER_EXAMPLES = 20_000;
    private static final long TOKENIZER_SEED = 11;
    static final int BATCH = 16;
    private static final int STEPS_BETWEEN_STATES = 500;
    private static final int STEPS_BETWEEN_REPORTS = 50;
    private static final long TEST_SEED = 99;
    private static final List<String> TOKENIZER_FILES = List.of("tokenizer.json", "tokenizer_config.json");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Engine engine;
    private final Clock clock;
    private final Consumer<TrainingProgress> reports;

    /**
     * What is trained, on what and for how long.
     *
     * @param name as in the model card
     * @param shape size of the model
     * @param shares workloads and how often each is drawn
     * @param examples pairs in all, each seen once
     * @param learningRate peak rate
     * @param seed of weights, stream and order
     * @param wording whether answers end in a message
     */
    public record Recipe(
            String name,
            ModelShape shape,
            List<Share> shares,
            int examples,
            double learningRate,
            long seed,
            Wording wording) {
        /** Whether answers end in a message that may be worded freely. */
        public enum Wording {
            FIXED,
            FREE
        }

        public Recipe {
            shares = List.copyOf(shares);
        }

        Recipe(String name, ModelShape shape, List<Share> shares, int examples, double learningRate, long seed) {
            this(name, shape, shares, examples, learningRate, seed, Wording.FIXED);
        }

        /** 0.41 million parameters; order-c1, pay-us and log-c1, the first a little more often. */
        public static Recipe student() {
            List<Share> shares = List.of(
                    new Share(Workload.ORDER_C1, 1.4), new Share(Workload.PAY_US, 1), new Share(Workload.LOG_C1, 1));
            return new Recipe("student", shape(96, 3, 4, 256), shares, 60_000, 3e-3, 3);
        }

        /** 0.90 million parameters; every workload, those that are learnt last more often. */
        public static Recipe teacher() {
            List<Share> shares = List.of(
                    new Share(Workload.ORDER_C1, 1.2),
                    new Share(Workload.ORDER_C2, 1.2),
                    new Share(Workload.ORDER_DE_C1, 0.6),
                    new Share(Workload.ORDER_DE_C2, 0.6),
                    new Share(Workload.PAY_US, 0.65),
                    new Share(Workload.PAY_EU, 0.65),
                    new Share(Workload.LOG_C1, 0.65),
                    new Share(Workload.LOG_C2, 0.65),
                    new Share(Workload.SHIP_C1, 1.4),
                    new Share(Workload.APPT_C1, 1.4));
            return new Recipe("teacher", shape(128, 4, 4, 352), shares, 125_000, 2.5e-3, 4);
        }

        /**
         * What follows {@link #teacher()}: fresh moments, a lower rate, more of the sums (amounts, end times) that were
         * wrong.
         */
        public static Recipe teacherRefined() {
            List<Share> shares = List.of(
                    new Share(Workload.ORDER_C1, 1.2),
                    new Share(Workload.ORDER_C2, 1.2),
                    new Share(Workload.ORDER_DE_C1, 0.4),
                    new Share(Workload.ORDER_DE_C2, 0.4),
                    new Share(Workload.PAY_US, 0.8),
                    new Share(Workload.PAY_EU, 0.8),
                    new Share(Workload.LOG_C1, 0.6),
                    new Share(Workload.LOG_C2, 0.8),
                    new Share(Workload.SHIP_C1, 0.8),
                    new Share(Workload.APPT_C1, 2.6));
            return new Recipe("teacher", shape(128, 4, 4, 352), shares, 64_000, 1.5e-3, 5);
        }

        /** A student half-way: 12,000 examples. */
        public static Recipe moderateStudent() {
            return student().withExamples(12_000);
        }

        /** A student that gets one answer in ten or so: 7,500 examples. */
        public static Recipe weakStudent() {
            return student().withExamples(7_500);
        }

        /** A student whose answers end in a message of free wording: 15,000 examples. */
        public static Recipe wordingStudent() {
            Recipe plain = student();
            return new Recipe(
                    "wording-student", plain.shape, plain.shares, 15_000, plain.learningRate, 3, Wording.FREE);
        }

        /** What the shipped teacher learns further to word messages. */
        public static Recipe wordingTeacher() {
            return new Recipe("wording-teacher", teacher().shape, student().shares, 10_000, 1.5e-3, 6, Wording.FREE);
        }

        /** The same recipe on another number of examples, for trials. */
        public Recipe withExamples(int count) {
            return new Recipe(name, shape, shares, count, learningRate, seed, wording);
        }

        /** The examples of the recipe, drawn without end; the same from every start. */
        Supplier<Example> examplesOf(Split split) {
            IntakeStream stream = new IntakeStream(seed, shares, split, Knobs.DEFAULT);
            SplittableRandom wordings = new SplittableRandom(seed);
            return () -> wording == Wording.FIXED ? stream.next() : FreeWording.of(stream.next(), wordings);
        }

        Plan plan() {
            return new Plan(new Schedule(examples / BATCH, learningRate, 100, new Decay.Cosine(0.05)), BATCH, seed);
        }

        // RoPE base 200: lines are short, and at the usual 10,000 the copying heads are learnt many times later.
        private static ModelShape shape(int width, int layers, int heads, int feedForward) {
            return new ModelShape(
                    width, layers, heads, heads, width / heads, feedForward, VOCABULARY, CONTEXT, true, 200, 1e-5);
        }
    }

    public DemoModels(Engine engine, Clock clock, Consumer<TrainingProgress> reports) {
        this.engine = engine;
        this.clock = clock;
        this.reports = reports;
    }

    /** Learns the shared vocabulary and writes its two files. */
    public static void writeTokenizer(Path directory) {
        IntakeStream stream = IntakeStream.uniform(TOKENIZER_SEED, Split.TRAIN);
        List<String> texts = new ArrayList<>(2 * TOKENIZER_EXAMPLES);
        for (int i = 0; i < TOKENIZER_EXAMPLES; i++) {
            Example example = stream.next();
            texts.add(example.prompt());
            texts.add(example.answer());
        }
        BytePairTrainer.train(texts, VOCABULARY).write(directory);
    }

    /**
     * Trains new weights by a recipe and writes a Hugging Face directory in bf16; {@link #describe} adds the model
     * card.
     *
     * @param tokenizerDirectory where {@link #writeTokenizer} wrote
     * @param directory where the model goes; its folder {@code state} keeps what a killed run needs
     */
    public void train(Recipe recipe, Path tokenizerDirectory, Path directory) {
        train(recipe, () -> engine.initialise(recipe.shape(), recipe.seed()), tokenizerDirectory, directory);
    }

    /**
     * Like {@link #train}, but starts from the weights that an earlier run reached, with fresh moments.
     *
     * @param earlier directory of that run; where it has a state, that holds the weights in full precision
     */
    public void refine(Recipe recipe, Path earlier, Path tokenizerDirectory, Path directory) {
        Path state = earlier.resolve("state");
        Path weights = Files.isDirectory(state) ? state : earlier;
        train(recipe, () -> engine.trainer(weights), tokenizerDirectory, directory);
    }

    private void train(Recipe recipe, Supplier<Trainer> fresh, Path tokenizerDirectory, Path directory) {
        SavedState state = new SavedState(directory.resolve("state"));
        try (Tokenizer tokenizer = engine.tokenizer(tokenizerDirectory);
                Trainer trainer = state.newest().map(engine::resume).orElseGet(fresh)) {
            PromptTemplate template = PromptTemplate.read(tokenizerDirectory);
            Supplier<Example> examples = recipe.examplesOf(Split.TRAIN);
            PairTrainer loop =
                    new PairTrainer(trainer, recipe.plan(), () -> pair(examples.get(), tokenizer, template), clock);
            while (!loop.run(STEPS_BETWEEN_STATES, STEPS_BETWEEN_REPORTS, reports)) {
                state.replace(trainer);
            }
            state.replace(trainer);
            trainer.saveModel(directory, Storage.BF16);
            nameEnd(directory, endId(tokenizer));
            copyTokenizer(tokenizerDirectory, directory);
        }
    }

    /**
     * Measures a trained model and writes its model card.
     *
     * @param stages the recipes that made it, in order, at least one
     * @return exact match in [0, 1] by workload id, on 300 prompts that were never trained on
     */
    public Map<String, Double> describe(Path directory, List<Recipe> stages) {
        Recipe last = stages.get(stages.size() - 1);
        Map<String, Double> figures =
                evaluate(directory, last.shares().stream().map(Share::workload).toList(), 300, TEST_SEED);
        ModelCard.write(directory, stages, figures);
        return figures;
    }

    /**
     * Exact match in [0, 1] by workload id.
     *
     * @param prompts distinct prompts of the test part a workload, at least 1
     * @param seed draws them
     */
    public Map<String, Double> evaluate(Path directory, List<Workload> workloads, int prompts, long seed) {
        Map<String, Double> figures = new TreeMap<>();
        try (Tokenizer tokenizer = engine.tokenizer(directory);
                LanguageModel model = engine.open(directory, Kernel.FP32)) {
            PromptTemplate template = PromptTemplate.read(directory);
            for (Workload workload : workloads) {
                List<Pair> pairs = IntakeStream.distinct(seed, workload, prompts, Split.TEST).stream()
                        .map(example -> pair(example, tokenizer, template))
                        .toList();
                figures.put(workload.id(), ForcedExactMatch.of(model, pairs));
            }
        }
        return figures;
    }

    /** A pair as the models see it: the rendered prompt, the answer and the end token. */
    public static Pair pair(Example example, Tokenizer tokenizer, PromptTemplate template) {
        return new Pair(template.render(tokenizer, example.prompt()), answerIds(tokenizer, example.answer()));
    }

    /** Ids of an answer, closed by the end token. */
    static int[] answerIds(Tokenizer tokenizer, String answer) {
        int[] text = tokenizer.encode(answer);
        int[] ids = Arrays.copyOf(text, text.length + 1);
        ids[text.length] = endId(tokenizer);
        return ids;
    }

    private static int endId(Tokenizer tokenizer) {
        return tokenizer
                .vocabulary()
                .special(BytePairTrainer.END)
                .orElseThrow(() -> new IllegalArgumentException("The tokenizer has no token " + BytePairTrainer.END
                        + "; expected the demo's vocabulary. Write it again."));
    }

    /** New weights know no tokenizer, so their config.json has no end token yet. */
    private static void nameEnd(Path directory, int end) {
        Path file = directory.resolve("config.json");
        try {
            ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config.put("eos_token_id", end));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the end token to " + file + ". Check the folder.", e);
        }
    }

    private static void copyTokenizer(Path from, Path to) {
        try {
            for (String file : TOKENIZER_FILES) {
                Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy the tokenizer from " + from + " to " + to + ".", e);
        }
    }
}
