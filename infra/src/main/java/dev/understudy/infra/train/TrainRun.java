package dev.understudy.infra.train;

import dev.understudy.distil.SavedState;
import dev.understudy.distil.TrainingLoop;
import dev.understudy.distil.TrainingProgress;
import dev.understudy.distil.pair.PairBatches;
import dev.understudy.distil.pair.PairFile;
import dev.understudy.distil.pair.PairSet;
import dev.understudy.distil.pair.RecordedLaws;
import dev.understudy.infra.exit.FailureException;
import dev.understudy.infra.exit.UsageException;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.ModelConfig;
import dev.understudy.lm.file.ModelDirectory;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.AdapterTrainer;
import dev.understudy.lm.train.Lora;
import dev.understudy.lm.train.TokenLoss;
import dev.understudy.lm.train.Trainer;
import dev.understudy.prompt.Dialect;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.token.BytePairTrainer;
import dev.understudy.token.Tokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of training on a file of pairs: tokenizer, laws of a teacher if there is one, steps, finished model. What it
 * does is a function of the request; an interrupted run that is resumed ends with the same bytes. Confined to one
 * thread, whose interruption by a signal it waits for between steps.
 */
public final class TrainRun {
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);
    private static final String KERNEL = "teacher.kernel";

    private final Request request;
    private final Engine engine;
    private final Clock clock;
    private final PrintWriter screen;
    private final Interruption interruption;
    private final RunFolder folder;
    private Instant lastReport = Instant.MIN;
    /** Single precision unless the run was begun with another. */
    private Kernel reading = Kernel.ONEDNN;

    /** Whether a run is begun or goes on. */
    public enum Start {
        FRESH,
        RESUMED
    }

    /**
     * What is trained, on what, and where it goes.
     *
     * @param data file of pairs
     * @param out folder of the run and of its model
     * @param from model whose weights are trained further, or null for new ones
     * @param teacher whose laws are learnt, or null when the completions are
     * @param method as it was named
     * @param settings everything else
     * @param start begin or go on
     */
    public record Request(
            Path data,
            Path out,
            @Nullable Path from,
            @Nullable Asked teacher,
            String method,
            TrainSettings settings,
            Start start) {}

    /**
     * A teacher.
     *
     * @param directory of the model
     * @param kernel what multiplies its matrices: AUTO as the run was begun, and in a fresh one the faster of those
     *     that say the same
     */
    public record Asked(Path directory, Kernel kernel) {}

    /** @param interruption what ends it before the end of the schedule */
    public TrainRun(Request request, Engine engine, Clock clock, PrintWriter screen, Interruption interruption) {
        this.request = request;
        this.engine = engine;
        this.clock = clock;
        this.screen = screen;
        this.interruption = interruption;
        folder = new RunFolder(request.out());
    }

    /**
     * Trains until the end of the schedule or until the process is asked to end.
     *
     * @return true when the model is finished
     * @throws UsageException when files do not fit together, with what to do
     */
    public boolean run() throws IOException {
        PairFile file = PairFile.read(request.data());
        refuse(file.problems());
        Optional<Kernel> kernel = teacherKernel();
        reading = kernel.orElse(reading);
        if (request.start() == Start.FRESH) {
            folder.begin(identity(kernel));
        } else {
            folder.resume(identity(kernel));
            if (folder.isFinished()) {
                say("%s is finished; nothing is left to do", request.out());
                return true;
            }
        }
        Path vocabulary = vocabulary(file);
        try (Interruption.Work work = interruption.begin();
                Tokenizer tokenizer = engine.tokenizer(vocabulary)) {
            int endId = endId(vocabulary, tokenizer);
            ModelShape shape = request.from() == null
                    ? request.settings().shapeFor(tokenizer.vocabulary().size())
                    : ModelConfig.read(request.from()).shape();
            PairSet pairs = PairSet.encode(file, tokenizer, PromptTemplate.read(vocabulary), endId, shape.context());
            refuse(pairs.problems());
            boolean finished = request.teacher() == null
                    ? train(PairBatches.labels(pairs, sizes()), pairs, shape, endId)
                    : distil(request.teacher().directory(), pairs, shape, endId);
            if (!finished) {
                say("interrupted; continue with the same command and --resume");
            }
            screen.flush();
            return finished;
        }
    }

    /** What reads the teacher: as named, in a resumed run else as it was begun, in a fresh one else as measured. */
    private Optional<Kernel> teacherKernel() throws IOException {
        Asked teacher = request.teacher();
        if (teacher == null) {
            return Optional.empty();
        }
        if (request.start() == Start.RESUMED) {
            return teacher.kernel() == Kernel.AUTO
                    ? folder.begunWith(KERNEL).flatMap(TrainRun::named)
                    : Optional.of(teacher.kernel());
        }
        try (LanguageModel model = engine.openReader(teacher.directory(), teacher.kernel())) {
            say("the teacher is read with kernel %s", shown(model.kernel()));
            return Optional.of(model.kernel());
        }
    }

    private static String shown(Kernel kernel) {
        return kernel.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Kernel> named(String shown) {
        return Stream.of(Kernel.values())
                .filter(kernel -> shown(kernel).equals(shown))
                .findFirst();
    }

    /** What must be the same when the run is resumed. */
    private Map<String, String> identity(Optional<Kernel> kernel) throws IOException {
        Map<String, String> identity = new TreeMap<>();
        kernel.ifPresent(reads -> identity.put(KERNEL, shown(reads)));
        identity.put("data", request.data().toAbsolutePath().normalize().toString());
        identity.put("data.bytes", Long.toString(Files.size(request.data())));
        identity.put("method", request.method());
        identity.put("settings", request.settings().toString());
        for (Map.Entry<String, Optional<Path>> model : Map.of(
                        "from", Optional.ofNullable(request.from()),
                        "teacher", Optional.ofNullable(request.teacher()).map(Asked::directory))
                .entrySet()) {
            if (model.getValue().isPresent()) {
                Path directory = model.getValue().get();
                identity.put(
                        model.getKey(), directory.toAbsolutePath().normalize().toString());
                identity.put(model.getKey() + ".checksum", ModelDirectory.checksum(directory));
            }
        }
        return identity;
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new UsageException(String.join(System.lineSeparator(), problems));
        }
    }

    /** The folder whose tokenizer is used; makes one where there is none yet. */
    private Path vocabulary(PairFile file) throws IOException {
        if (request.from() != null) {
            checkDialect(request.from());
            return request.from();
        }
        Path out = request.out();
        if (!Files.exists(out.resolve("tokenizer.json"))) {
            if (request.teacher() != null) {
                ModelDirectory.copyCompanions(request.teacher().directory(), out);
            } else {
                List<String> texts = file.pairs().stream()
                        .flatMap(pair -> Stream.of(pair.prompt(), pair.completion()))
                        .toList();
                BytePairTrainer learnt =
                        BytePairTrainer.train(texts, request.settings().shape().vocabulary());
                learnt.write(out);
                say("learnt a vocabulary of %d ids", learnt.vocabularySize());
            }
        }
        return out;
    }

    private void checkDialect(Path from) {
        Asked teacher = request.teacher();
        if (teacher == null) {
            return;
        }
        Dialect.read(engine, teacher.directory())
                .objection(Dialect.read(engine, from))
                .ifPresent(objection -> {
                    throw new UsageException(
                            "Cannot distil " + teacher.directory() + " into " + from + ": " + objection + ".");
                });
    }

    private static int endId(Path directory, Tokenizer tokenizer) {
        Integer configured = Files.exists(directory.resolve("config.json"))
                ? ModelConfig.read(directory).endId()
                : null;
        if (configured != null) {
            return configured;
        }
        return tokenizer
                .vocabulary()
                .special(BytePairTrainer.END)
                .orElseThrow(() -> new UsageException("Cannot train with the tokenizer of " + directory
                        + ": no end token is known, expected eos_token_id in its config.json. Name it there."));
    }

    private boolean distil(Path directory, PairSet pairs, ModelShape shape, int endId) throws IOException {
        int topK = Math.min(request.settings().teaching().topK(), shape.vocabulary());
        try (RecordedLaws laws = RecordedLaws.open(folder.laws(), pairs, topK)) {
            if (!laws.isComplete()) {
                record(directory, laws, pairs, shape);
            }
            return laws.isComplete() && train(PairBatches.laws(pairs, laws, sizes()), pairs, shape, endId);
        }
    }

    private void record(Path directory, RecordedLaws laws, PairSet pairs, ModelShape shape) throws IOException {
        try (LanguageModel teacher = engine.openReader(directory, reading)) {
            if (teacher.shape().vocabulary() != shape.vocabulary()) {
                throw new UsageException("Cannot distil " + directory + ": it has "
                        + teacher.shape().vocabulary() + " ids and the student " + shape.vocabulary()
                        + ", expected the same number. Use a teacher of this vocabulary.");
            }
            if (teacher.shape().context() < shape.context()) {
                throw new UsageException("Cannot distil " + directory + ": its context is "
                        + teacher.shape().context() + " tokens and the student's " + shape.context()
                        + ", expected at least as many. Lower model.context.");
            }
            laws.record(
                    teacher,
                    done -> {
                        if (isDue() || done == pairs.pairs().size()) {
                            say(
                                    "recorded the teacher on %d of %d pairs",
                                    done, pairs.pairs().size());
                        }
                    },
                    interruption::requested);
        }
    }

    private boolean train(PairBatches batches, PairSet pairs, ModelShape shape, int endId) throws IOException {
        TrainSettings settings = request.settings();
        TokenLoss loss = request.teacher() == null
                ? TokenLoss.FORWARD_KL
                : settings.teaching().divergence().loss();
        long steps = settings.run().steps(pairs.pairs().size());
        try (Trainer trainer = trainer(shape)) {
            if (trainer.steps() > 0) {
                say("resumed at step %d of %d", trainer.steps(), steps);
            }
            TrainingLoop loop = new TrainingLoop(
                    trainer,
                    new TrainingLoop.Plan(settings.rate().schedule(steps), loss, settings.hyper()),
                    batches,
                    clock);
            boolean finished = false;
            while (!finished && !interruption.requested()) {
                finished = loop.run(settings.run().saveEvery(), 10, this::report, interruption::requested);
                folder.state().replace(trainer);
            }
            if (finished) {
                finish(trainer, endId);
            }
            return finished;
        } catch (IllegalStateException e) {
            throw new FailureException("Training stopped: " + e.getMessage(), e);
        }
    }

    private Trainer trainer(ModelShape shape) {
        Optional<Path> saved = folder.state().newest();
        Lora lora = request.settings().lora();
        long seed = sizes().seed();
        if (request.from() == null) {
            return saved.map(engine::resume).orElseGet(() -> engine.initialise(shape, seed));
        }
        Path from = request.from();
        if (lora == null) {
            return saved.map(engine::resume).orElseGet(() -> engine.trainer(from));
        }
        return saved.map(engine::resumeAdapter).orElseGet(() -> engine.adapt(from, lora, seed));
    }

    private void finish(Trainer trainer, int endId) throws IOException {
        Path out = request.out();
        if (trainer instanceof AdapterTrainer adapter) {
            adapter.saveAdapter(out.resolve("adapter"));
            say("wrote the adapter to %s", out.resolve("adapter"));
        }
        if (request.from() != null) {
            ModelDirectory.copyCompanions(request.from(), out);
        }
        // The weights come last: where they stand, everything else does.
        SavedState staged = folder.staged();
        trainer.saveModel(staged.directory(), request.settings().run().storage());
        ModelConfig config = ModelConfig.read(staged.directory());
        Files.deleteIfExists(out.resolve("generation_config.json"));
        new ModelConfig(config.shape(), config.beginId(), endId)
                .write(out, request.settings().run().storage());
        Files.move(staged.directory().resolve("model.safetensors"), out.resolve("model.safetensors"));
        staged.clear();
        say("wrote the model to %s", out);
    }

    private PairBatches.Sizes sizes() {
        return request.settings().run().sizes();
    }

    private void report(TrainingProgress progress) {
        if (isDue() || progress.step() == progress.steps()) {
            say(
                    "step %d of %d, loss %.4f nats, %.0f tokens/s, %s left",
                    progress.step(),
                    progress.steps(),
                    progress.loss(),
                    progress.tokensPerSecond(),
                    left(progress.timeLeft()));
        }
    }

    private static String left(Duration time) {
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
    }

    private boolean isDue() {
        Instant now = clock.instant();
        boolean due = lastReport.equals(Instant.MIN) || !now.isBefore(lastReport.plus(BETWEEN_REPORTS));
        lastReport = due ? now : lastReport;
        return due;
    }

    private void say(String format, Object... values) {
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
