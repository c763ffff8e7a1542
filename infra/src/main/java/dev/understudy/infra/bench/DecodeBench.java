package dev.understudy.infra.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.lm.Engine;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.MachineSpeed;
import dev.understudy.lm.ModelShape;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Greedy decoding by the decoder that serves (stopping rules, ragged rows, log-probabilities and entropy of every
 * step), alone or in turn with Python peers on the same weights and cores. The first token, which contains the prefill,
 * is in no side's time.
 */
public final class DecodeBench {
    private static final Clock STILL = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private final Engine engine;
    private final Path model;
    private final Settings settings;

    /**
     * What is measured.
     *
     * @param rows numbers of sequences at once
     * @param kernels of our side
     * @param peers of the Python side by their names in peer_decode.py; may be empty
     * @param prompt length of the prompts in tokens
     * @param tokens length of each completion in tokens, at least 2
     * @param rounds alternations, at least 1
     */
    public record Settings(
            List<Integer> rows, List<Kernel> kernels, List<String> peers, int prompt, int tokens, int rounds) {
        public Settings {
            rows = List.copyOf(rows);
            kernels = List.copyOf(kernels);
            peers = List.copyOf(peers);
            if (rows.isEmpty() || rows.stream().anyMatch(one -> one < 1) || kernels.isEmpty()) {
                throw new IllegalArgumentException("bench decode needs at least one number of rows, each at least 1,"
                        + " and one kernel; found rows " + rows + " and kernels " + kernels + ".");
            }
            if (prompt < 1 || tokens < 2 || rounds < 1) {
                throw new IllegalArgumentException("bench decode has prompt " + prompt + ", tokens " + tokens
                        + ", rounds " + rounds + "; expected at least 1, 2 and 1.");
            }
        }
    }

    /** Where the Python side is. */
    public record Python(String interpreter, Path script) {}

    /**
     * One line of the result: medians over the rounds, ratios paired within a round.
     *
     * @param rooflineShare our speed over the machine's limit measured in the same run, in (0, 1]
     * @param peer name of the other side, or null without one
     * @param ratio ours over the peer's
     */
    public record Line(
            int rows,
            String kernel,
            double tokensPerSecond,
            double rooflineShare,
            @Nullable String peer,
            @Nullable Double pythonTokensPerSecond,
            @Nullable Double ratio,
            @Nullable Double lowestRatio,
            @Nullable Double highestRatio) {}

    public DecodeBench(Engine engine, Path model, Settings settings) {
        this.engine = engine;
        this.model = model;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param python null when only our side runs
     */
    public List<Line> run(@Nullable Python python) {
        List<PythonPeer> peers = new ArrayList<>();
        List<LanguageModel> models = new ArrayList<>();
        try {
            for (Kernel kernel : settings.kernels()) {
                models.add(engine.open(model, kernel));
            }
            if (python != null) {
                for (String peer : settings.peers()) {
                    peers.add(new PythonPeer(python.interpreter(), python.script(), List.of(peer, model.toString())));
                }
            }
            List<Line> lines = new ArrayList<>();
            for (int rows : settings.rows()) {
                lines.addAll(measure(rows, models, peers));
            }
            return lines;
        } finally {
            peers.forEach(PythonPeer::close);
            models.forEach(LanguageModel::close);
        }
    }

    private List<Line> measure(int rows, List<LanguageModel> models, List<PythonPeer> peers) {
        double[][] ours = new double[models.size()][settings.rounds()];
        double[][] theirs = new double[peers.size()][settings.rounds()];
        double[] limits = new double[models.size()];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = limit(models.get(i).shape(), settings.kernels().get(i), rows);
        }
        for (int round = -1; round < settings.rounds(); round++) {
            for (int i = 0; i < models.size(); i++) {
                double speed = decode(models.get(i), rows);
                if (round >= 0) {
                    ours[i][round] = speed;
                }
            }
            for (int j = 0; j < peers.size(); j++) {
                JsonNode answer = peers.get(j)
                        .ask(Map.of("rows", rows, "prompt", settings.prompt(), "tokens", settings.tokens()));
                if (round >= 0) {
                    theirs[j][round] = answer.path("tokens").asDouble()
                            / answer.path("seconds").asDouble();
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            String kernel = settings.kernels().get(i).name().toLowerCase(Locale.ROOT);
            double speed = median(ours[i]);
            if (peers.isEmpty()) {
                lines.add(new Line(rows, kernel, speed, speed / limits[i], null, null, null, null, null));
            }
            for (int j = 0; j < peers.size(); j++) {
                double[] ratios = new double[settings.rounds()];
                for (int round = 0; round < ratios.length; round++) {
                    ratios[round] = ours[i][round] / theirs[j][round];
                }
                lines.add(new Line(
                        rows,
                        kernel,
                        speed,
                        speed / limits[i],
                        settings.peers().get(j),
                        median(theirs[j]),
                        median(ratios),
                        Arrays.stream(ratios).min().orElseThrow(),
                        Arrays.stream(ratios).max().orElseThrow()));
            }
        }
        return lines;
    }

    /** Tokens a second that the machine allows: every matrix is read once a step and multiplied with every row. */
    private double limit(ModelShape shape, Kernel kernel, int rows) {
        long matrices = matrixElements(shape);
        int width = kernel == Kernel.FP16_PACKED ? Short.BYTES : Float.BYTES;
        double positions = settings.prompt() + settings.tokens() / 2.0;
        double cache = 2.0 * shape.layers() * shape.keyValueHeads() * shape.headSize() * positions * rows;
        double attention = 4.0 * shape.layers() * shape.heads() * shape.headSize() * positions * rows;
        MachineSpeed machine = engine.machineSpeed(matrices * width);
        return rows
                / machine.leastSeconds(
                        matrices * (double) width + cache * Float.BYTES, 2.0 * matrices * rows + attention);
    }

    private static long matrixElements(ModelShape shape) {
        long attention = (long) shape.width() * shape.headSize() * 2 * (shape.heads() + shape.keyValueHeads());
        long feedForward = 3L * shape.width() * shape.feedForward();
        return shape.layers() * (attention + feedForward) + (long) shape.width() * shape.vocabulary();
    }

    private double decode(LanguageModel student, int rows) {
        Window window = new Window(rows);
        try (Decoder decoder = new Decoder(
                new DecodeConfig(rows, rows * settings.prompt(), List.of(), AskConfig.never()),
                new IdsOnly(),
                Help.none(),
                window,
                HelpStatistics.NONE,
                STILL)) {
            decoder.serve("bench", student);
            SplittableRandom random = new SplittableRandom(1);
            for (int row = 0; row < rows; row++) {
                int[] ids = random.ints(settings.prompt(), 0, student.shape().vocabulary())
                        .toArray();
                decoder.admit(new Prompt(
                        new PromptId("b-" + row),
                        "bench",
                        "bench",
                        ids,
                        Sampling.GREEDY,
                        settings.tokens(),
                        false,
                        Instant.EPOCH));
            }
            while (!decoder.isEmpty()) {
                decoder.step();
            }
        }
        return window.tokensPerSecond();
    }

    /** From the moment when every row has its first token to the last token. */
    private static final class Window implements DecodeListener {
        private final int rows;
        private int tokens;
        private long start;
        private long end;

        Window(int rows) {
            this.rows = rows;
        }

        @Override
        public void wrote(PromptId prompt, int index, int token, Author author) {
            tokens++;
            if (tokens == rows) {
                start = System.nanoTime();
            }
            end = System.nanoTime();
        }

        @Override
        public void finished(FinishedSequence finished) {}

        @Override
        public void drained(String version, LanguageModel model) {}

        double tokensPerSecond() {
            return (tokens - rows) / ((end - start) / 1e9);
        }
    }

    /** Random weights have no text: ids in, ids out. */
    private static final class IdsOnly implements Tokenizer {
        @Override
        public int[] encode(String text) {
            throw new UnsupportedOperationException("[BUG] the bench sends ids");
        }

        @Override
        public String decode(int[] ids) {
            return "";
        }

        @Override
        public Vocabulary vocabulary() {
            return new Vocabulary(List.of("none"), Map.of());
        }

        @Override
        public void close() {}
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
