package dev.understudy.infra.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.shape.ModelShape;
import dev.understudy.lm.train.Hyper;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Distillation steps (forward KL, clipping, AdamW) on random sequences, with a teacher that is asked within the step
 * and from its recorded laws, alone or in turn with Python peers on the same weights and cores.
 */
public final class TrainBench {
    private static final double RATE = 1e-3;

    private final Engine engine;
    private final Path student;
    private final Path teacher;
    private final Settings settings;

    /**
     * What is measured.
     *
     * @param rows sequences a step, at least 1
     * @param tokens length of each sequence, at least 2; all but the last are trained on
     * @param topK ids of a recorded law, at least 1
     * @param steps steps of a side's turn, at least 1
     * @param rounds alternations, at least 1
     * @param teacherKernels with which the teacher is asked within the step, in turn; the first also records
     */
    public record Settings(int rows, int tokens, int topK, int steps, int rounds, List<Kernel> teacherKernels) {
        public Settings {
            teacherKernels = List.copyOf(teacherKernels);
            if (teacherKernels.isEmpty()) {
                throw new IllegalArgumentException("bench train has no kernel for the teacher; expected at least one.");
            }
            if (rows < 1 || tokens < 2 || topK < 1 || steps < 1 || rounds < 1) {
                throw new IllegalArgumentException("bench train has rows " + rows + ", tokens " + tokens + ", top-k "
                        + topK + ", steps " + steps + ", rounds " + rounds + "; expected at least 1, 2, 1, 1 and 1.");
            }
        }
    }

    /**
     * The other side.
     *
     * @param interpreter that has the requirements installed
     * @param script peer_train.py
     * @param peers by their names there
     */
    public record Python(String interpreter, Path script, List<String> peers) {
        public Python {
            peers = List.copyOf(peers);
        }
    }

    /**
     * One line of the result: medians over the rounds, ratios paired within a round.
     *
     * @param signals where the teacher's laws come from: live, or recorded
     * @param teacherKernel what multiplies the teacher's matrices
     * @param rooflineShare our speed over the machine's limit in single precision measured in the same run, in (0, 1]
     *     but for a teacher that is read in bfloat16
     * @param peakMegabytes largest resident memory of this process so far, JVM included
     */
    public record Line(
            String signals,
            String teacherKernel,
            double tokensPerSecond,
            double rooflineShare,
            long peakMegabytes,
            @JsonUnwrapped Other other) {}

    /**
     * The other side of a line, and all null without one.
     *
     * @param peer its name; it always asks its teacher
     */
    public record Other(
            @Nullable String peer,
            @Nullable Double pythonTokensPerSecond,
            @Nullable Long pythonPeakMegabytes,
            @JsonUnwrapped Ratios ratios) {
        static final Other NONE = new Other(null, null, null, Ratios.NONE);
    }

    /** One way to train that is measured. */
    private record Side(String signals, String kernel, Trainer trainer, TrainingBatch batch, double secondsAtLeast) {}

    public TrainBench(Engine engine, Path student, Path teacher, Settings settings) {
        this.engine = engine;
        this.student = student;
        this.teacher = teacher;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param python null when only our side runs
     */
    public List<Line> run(@Nullable Python python) throws IOException {
        List<PythonPeer> peers = new ArrayList<>();
        List<LanguageModel> teachers = new ArrayList<>();
        List<Trainer> trainers = new ArrayList<>();
        try {
            for (Kernel kernel : settings.teacherKernels()) {
                teachers.add(engine.openReader(teacher, kernel));
                trainers.add(engine.trainer(student));
            }
            trainers.add(engine.trainer(student));
            List<Side> sides = sides(teachers, trainers);
            if (python != null) {
                for (String peer : python.peers()) {
                    peers.add(new PythonPeer(
                            python.interpreter(),
                            python.script(),
                            List.of(peer, student.toString(), teacher.toString())));
                }
            }
            return measure(sides, peers, python == null ? List.of() : python.peers());
        } finally {
            peers.forEach(PythonPeer::close);
            trainers.forEach(Trainer::close);
            teachers.forEach(LanguageModel::close);
        }
    }

    /** A live side for each teacher, and one from what the first says; a trainer each. */
    private List<Side> sides(List<LanguageModel> teachers, List<Trainer> trainers) {
        LanguageModel first = teachers.get(0);
        Trainer recorded = trainers.get(teachers.size());
        int rows = settings.rows();
        int time = settings.tokens();
        int[] ids = new SplittableRandom(1)
                .ints((long) rows * time, 0, first.shape().vocabulary())
                .toArray();
        int[] positions =
                IntStream.range(0, ids.length).filter(i -> i % time != time - 1).toArray();
        TokenBatch tokens = new TokenBatch(rows, time, ids, positions);
        float[] weights = new float[positions.length];
        Arrays.fill(weights, 1);
        double flops =
                engine.machineSpeed(Float.BYTES * weights(recorded.shape())).flopsPerSecond();
        double own = 3 * flops(recorded.shape()) / flops;
        double both = own + flops(first.shape()) / flops;
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < teachers.size(); i++) {
            Targets asked = new Targets.Live(teachers.get(i), tokens);
            sides.add(new Side(
                    "live", shown(teachers, i), trainers.get(i), new TrainingBatch(tokens, weights, asked), both));
        }
        TrainingBatch known = new TrainingBatch(tokens, weights, laws(first, tokens));
        sides.add(new Side("recorded", shown(teachers, 0), recorded, known, own));
        return sides;
    }

    private String shown(List<LanguageModel> teachers, int index) {
        boolean chosen = settings.teacherKernels().get(index) == Kernel.AUTO;
        return (chosen ? "auto:" : "") + teachers.get(index).kernel().name().toLowerCase(Locale.ROOT);
    }

    private Targets.TopK laws(LanguageModel asked, TokenBatch tokens) {
        Scores scores = new Scores(tokens.positions().length, settings.topK(), 0);
        asked.score(tokens, scores);
        return new Targets.TopK(settings.topK(), scores.topIds, scores.topLogProbabilities);
    }

    private static long weights(ModelShape shape) {
        long attention = (long) shape.width() * shape.headSize() * 2 * (shape.heads() + shape.keyValueHeads());
        long feedForward = 3L * shape.width() * shape.feedForward();
        return shape.layers() * (attention + feedForward) + (long) shape.width() * shape.vocabulary();
    }

    /** Floating-point operations of one forward pass; a causal position sees half of the sequence on average. */
    private double flops(ModelShape shape) {
        double attention = 2.0 * settings.tokens() * shape.layers() * shape.heads() * shape.headSize();
        return settings.rows() * (double) settings.tokens() * (2.0 * weights(shape) + attention);
    }

    private List<Line> measure(List<Side> sides, List<PythonPeer> peers, List<String> names) throws IOException {
        double[][] ours = new double[sides.size()][settings.rounds()];
        double[][] theirs = new double[peers.size()][settings.rounds()];
        long[] memory = new long[peers.size()];
        for (int round = -1; round < settings.rounds(); round++) {
            for (int i = 0; i < sides.size(); i++) {
                double speed = train(sides.get(i));
                if (round >= 0) {
                    ours[i][round] = speed;
                }
            }
            for (int j = 0; j < peers.size(); j++) {
                JsonNode answer = peers.get(j)
                        .ask(Map.of("rows", settings.rows(), "time", settings.tokens(), "steps", settings.steps()));
                memory[j] = answer.path("peakMegabytes").asLong();
                if (round >= 0) {
                    theirs[j][round] = answer.path("tokens").asDouble()
                            / answer.path("seconds").asDouble();
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        long own = peakMegabytes();
        for (int i = 0; i < sides.size(); i++) {
            double speed = Medians.of(ours[i]);
            double share = speed * sides.get(i).secondsAtLeast() / (settings.rows() * (double) settings.tokens());
            String signals = sides.get(i).signals();
            String kernel = sides.get(i).kernel();
            if (peers.isEmpty()) {
                lines.add(new Line(signals, kernel, speed, share, own, Other.NONE));
            }
            for (int j = 0; j < peers.size(); j++) {
                double[] ratios = new double[settings.rounds()];
                for (int round = 0; round < ratios.length; round++) {
                    ratios[round] = ours[i][round] / theirs[j][round];
                }
                Other other = new Other(names.get(j), Medians.of(theirs[j]), memory[j], Ratios.of(ratios));
                lines.add(new Line(signals, kernel, speed, share, own, other));
            }
        }
        return lines;
    }

    /** Tokens a second of one turn, after one step that nobody times. */
    private double train(Side side) {
        Hyper hyper = Hyper.of(RATE);
        side.trainer().step(side.batch(), hyper);
        long start = System.nanoTime();
        for (int i = 0; i < settings.steps(); i++) {
            side.trainer().step(side.batch(), hyper);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return settings.steps() * (double) settings.rows() * settings.tokens() / seconds;
    }

    private static long peakMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** One line for people. */
    public static String text(Line line) {
        String own = String.format(
                Locale.ROOT,
                "%-8s teacher %-11s %8.0f tokens/s, %2.0f %% of the fp32 roofline, peak %d MB",
                line.signals(),
                line.teacherKernel(),
                line.tokensPerSecond(),
                100 * line.rooflineShare(),
                line.peakMegabytes());
        Other other = line.other();
        return other.peer() == null
                ? own
                : own
                        + String.format(
                                Locale.ROOT,
                                "; %s %.0f tokens/s, peak %d MB, ratio %.2f (%.2f to %.2f)",
                                other.peer(),
                                other.pythonTokensPerSecond(),
                                other.pythonPeakMegabytes(),
                                other.ratios().ratio(),
                                other.ratios().lowestRatio(),
                                other.ratios().highestRatio());
    }
}
