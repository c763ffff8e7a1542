package dev.understudy.infra.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.OperatingSystemMXBean;
import dev.understudy.decode.DecodeConfig;
import dev.understudy.decode.DecodeListener;
import dev.understudy.decode.Decoder;
import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.Help;
import dev.understudy.decode.HelpStatistics;
import dev.understudy.decode.ask.AskConfig;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.engine.MachineSpeed;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.token.Tokenizer;
import dev.understudy.token.Vocabulary;
import java.lang.management.ManagementFactory;
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
import java.util.function.ToDoubleFunction;
import java.util.stream.StreamSupport;
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
     */
    public record Line(
            int rows,
            String kernel,
            double tokensPerSecond,
            double rooflineShare,
            @JsonUnwrapped Other other) {}

    /**
     * The other side of a line, and all null without one.
     *
     * @param peer its name
     * @param ratios ours over the peer's, by the clock
     * @param cpuRatio the median of the same by processor time, which other programs on the machine disturb less; null
     *     where a turn is too short for how that is counted, in steps of 10 ms
     * @param sameTokens part of the tokens that stand before the first difference of their row
     */
    public record Other(
            @Nullable String peer,
            @Nullable Double pythonTokensPerSecond,
            @JsonUnwrapped Ratios ratios,
            @Nullable Double cpuRatio,
            @Nullable Double sameTokens) {
        static final Other NONE = new Other(null, null, Ratios.NONE, null, null);
    }

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
        Turn[][] ours = new Turn[models.size()][settings.rounds()];
        Turn[][] theirs = new Turn[peers.size()][settings.rounds()];
        int[][] prompts = prompts(rows, models.get(0).shape().vocabulary());
        for (int round = -1; round < settings.rounds(); round++) {
            for (int i = 0; i < models.size(); i++) {
                Turn turn = decode(models.get(i), prompts);
                if (round >= 0) {
                    ours[i][round] = turn;
                }
            }
            for (int j = 0; j < peers.size(); j++) {
                Turn turn = Turn.of(peers.get(j).ask(Map.of("prompts", prompts, "tokens", settings.tokens())));
                if (round >= 0) {
                    theirs[j][round] = turn;
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            Kernel used = models.get(i).kernel();
            boolean chosen = settings.kernels().get(i) == Kernel.AUTO;
            String kernel = (chosen ? "auto:" : "") + used.name().toLowerCase(Locale.ROOT);
            double speed = median(ours[i], Turn::speed);
            double share = speed / limit(models.get(i).shape(), used, rows);
            if (peers.isEmpty()) {
                lines.add(new Line(rows, kernel, speed, share, Other.NONE));
            }
            for (int j = 0; j < peers.size(); j++) {
                Turn[] pair = theirs[j];
                Other other = new Other(
                        settings.peers().get(j),
                        median(pair, Turn::speed),
                        Ratios.of(ratios(ours[i], pair, Turn::seconds)),
                        counted(ratios(ours[i], pair, Turn::cpuSeconds)),
                        same(ours[i][0].ids(), pair[0].ids()));
                lines.add(new Line(rows, kernel, speed, share, other));
            }
        }
        return lines;
    }

    /** Tokens a second that the machine allows: every matrix is read once a step and multiplied with every row. */
    private double limit(ModelShape shape, Kernel kernel, int rows) {
        long matrices = matrixElements(shape);
        int width = kernel == Kernel.FP16 || kernel == Kernel.VECTOR ? Short.BYTES : Float.BYTES;
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

    /** Random ids, the same for every side and round. */
    private int[][] prompts(int rows, int vocabulary) {
        SplittableRandom random = new SplittableRandom(1);
        int[][] prompts = new int[rows][];
        Arrays.setAll(
                prompts, row -> random.ints(settings.prompt(), 0, vocabulary).toArray());
        return prompts;
    }

    private Turn decode(LanguageModel student, int[][] prompts) {
        int rows = prompts.length;
        Window window = new Window(rows, settings.tokens());
        try (Decoder decoder = new Decoder(
                new DecodeConfig(rows, rows * settings.prompt(), List.of(), AskConfig.never()),
                new IdsOnly(),
                Help.none(),
                window,
                HelpStatistics.NONE,
                STILL)) {
            decoder.serve("bench", student);
            for (int row = 0; row < rows; row++) {
                decoder.admit(new Prompt(
                        new PromptId(Integer.toString(row)),
                        "bench",
                        "bench",
                        prompts[row],
                        Sampling.GREEDY,
                        settings.tokens(),
                        false,
                        Instant.EPOCH));
            }
            while (!decoder.isEmpty()) {
                decoder.step();
            }
        }
        return window.turn();
    }

    /** What one side did in one round: its times and what it wrote, a row a prompt. */
    private record Turn(double seconds, double cpuSeconds, int[][] ids) {
        static Turn of(JsonNode answer) {
            int[][] ids = new int[answer.path("ids").size()][];
            Arrays.setAll(
                    ids,
                    row -> StreamSupport.stream(answer.path("ids").path(row).spliterator(), false)
                            .mapToInt(JsonNode::asInt)
                            .toArray());
            return new Turn(
                    answer.path("seconds").asDouble(), answer.path("cpuSeconds").asDouble(), ids);
        }

        /** Tokens a second; the first of each row is in no side's time. */
        double speed() {
            return ids.length * (ids[0].length - 1.0) / seconds;
        }
    }

    private static double median(Turn[] turns, ToDoubleFunction<Turn> figure) {
        return Medians.of(Arrays.stream(turns).mapToDouble(figure).toArray());
    }

    private static double[] ratios(Turn[] ours, Turn[] theirs, ToDoubleFunction<Turn> time) {
        double[] ratios = new double[ours.length];
        Arrays.setAll(ratios, round -> time.applyAsDouble(theirs[round]) / time.applyAsDouble(ours[round]));
        return ratios;
    }

    /** Median of ratios of counted times, or null when most turns of a side were too short to count. */
    static @Nullable Double counted(double[] ratios) {
        double median = Medians.of(ratios);
        return median > 0 && Double.isFinite(median) ? median : null;
    }

    /** One line for people. */
    public static String text(Line line) {
        String own = String.format(
                Locale.ROOT,
                "%2d rows, %-11s %8.0f tokens/s, %2.0f %% of the roofline",
                line.rows(),
                line.kernel(),
                line.tokensPerSecond(),
                100 * line.rooflineShare());
        Other other = line.other();
        if (other.peer() == null) {
            return own;
        }
        String byProcessor = other.cpuRatio() == null ? "-" : String.format(Locale.ROOT, "%.2f", other.cpuRatio());
        return own
                + String.format(
                        Locale.ROOT,
                        "; %s %.0f tokens/s, ratio %.2f (%.2f to %.2f), %s by processor time, share of equal tokens %.3f",
                        other.peer(),
                        other.pythonTokensPerSecond(),
                        other.ratios().ratio(),
                        other.ratios().lowestRatio(),
                        other.ratios().highestRatio(),
                        byProcessor,
                        other.sameTokens());
    }

    /** Part of all tokens that stand before the first difference of their row. */
    private static double same(int[][] ours, int[][] theirs) {
        int same = 0;
        int all = 0;
        for (int row = 0; row < ours.length; row++) {
            int differs = Arrays.mismatch(ours[row], theirs[row]);
            same += differs < 0 ? ours[row].length : differs;
            all += ours[row].length;
        }
        return (double) same / all;
    }

    /** From the moment when every row has its first token to the last token. */
    private static final class Window implements DecodeListener {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        private final int[][] ids;
        private int tokens;
        private long start;
        private long end;
        private long cpuStart;
        private long cpuEnd;

        Window(int rows, int length) {
            ids = new int[rows][length];
        }

        @Override
        public void wrote(PromptId prompt, int index, int token, Author author) {
            ids[Integer.parseInt(prompt.value())][index] = token;
            tokens++;
            if (tokens == ids.length) {
                start = System.nanoTime();
                cpuStart = SYSTEM.getProcessCpuTime();
            }
            if (tokens == ids.length * ids[0].length) {
                end = System.nanoTime();
                cpuEnd = SYSTEM.getProcessCpuTime();
            }
        }

        @Override
        public void finished(FinishedSequence finished) {}

        @Override
        public void drained(String version, LanguageModel model) {}

        Turn turn() {
            return new Turn((end - start) / 1e9, (cpuEnd - cpuStart) / 1e9, ids);
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
}
