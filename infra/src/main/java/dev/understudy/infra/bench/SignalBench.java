package dev.understudy.infra.bench;

import dev.understudy.flink.wire.InterventionAvro;
import dev.understudy.lm.Kernel;
import dev.understudy.lm.KvCache;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.Scores;
import dev.understudy.lm.Scores.Extra;
import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.engine.Engine;
import dev.understudy.lm.file.FloatBits;
import dev.understudy.prompt.PromptTemplate;
import dev.understudy.signal.Author;
import dev.understudy.signal.Intervention;
import dev.understudy.token.Tokenizer;
import dev.understudy.wire.WireCodec;
import dev.understudy.wire.WireException;
import dev.understudy.wire.signal.InterventionRecorded;
import dev.understudy.workload.Example;
import dev.understudy.workload.IntakeStream;
import dev.understudy.workload.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * What a stored law of the teacher costs in bytes and in nats, by the number of stored ids and by how their
 * log-probabilities are packed. Laws are those of a real teacher at the tokens of right answers, divergences those to a
 * real student.
 */
public final class SignalBench {
    private static final List<Integer> STORED = List.of(1, 2, 4, 8, 16, 32);
    private static final double SMALLEST = 1e-12;

    private final Path student;
    private final Path teacher;
    private final int prompts;

    /** How a log-probability is written. */
    public enum Packing {
        FLOAT32(4, value -> (float) value),
        /** IEEE half precision, which is fine where a logarithm is near 0; what the product writes. */
        HALF(2, value -> FloatBits.fromHalf(FloatBits.toHalf((float) Math.max(-60_000, value)))),
        /** Steps of an eighth of a nat down to -31.875. */
        EIGHTHS(1, value -> Math.max(-255, Math.rint(value * 8)) / 8);

        private final int bytes;

        @SuppressWarnings("ImmutableEnumChecker") // a pure function
        private final DoubleUnaryOperator through;

        Packing(int bytes, DoubleUnaryOperator through) {
            this.bytes = bytes;
            this.through = through;
        }
    }

    /**
     * One way to store a law.
     *
     * @param stored ids a position
     * @param bytesPerPosition size of whole records over the positions with a stored law
     * @param lostByCutting nats of KL(teacher || student) that a law of the stored ids and one tail does not show
     * @param lostByPacking nats of KL(cut law || the same law as it is read)
     */
    public record Line(
            int stored, Packing packing, double bytesPerPosition, double lostByCutting, double lostByPacking) {}

    /**
     * The result.
     *
     * @param positions tokens that both models were asked about
     * @param divergence mean KL(teacher || student) over the whole vocabulary, nats
     */
    public record Figures(int positions, double divergence, List<Line> lines) {}

    public SignalBench(Path student, Path teacher, int prompts) {
        this.student = student;
        this.teacher = teacher;
        this.prompts = prompts;
    }

    /** Answers of both models, [position][V] natural-log probabilities. */
    private record Answers(List<double[]> teacher, List<double[]> student, List<Sequence> sequences) {}

    private record Sequence(int[] prompt, int[] tokens) {}

    /** Measures every way. */
    public Figures run() {
        Answers answers = answers();
        int positions = answers.teacher().size();
        double whole = IntStream.range(0, positions)
                        .mapToDouble(t -> divergence(
                                answers.teacher().get(t), answers.student().get(t)))
                        .sum()
                / positions;
        List<Line> lines = new ArrayList<>();
        for (int stored : STORED) {
            if (stored < answers.teacher().get(0).length) {
                for (Packing packing : Packing.values()) {
                    lines.add(line(answers, stored, packing, whole));
                }
            }
        }
        return new Figures(positions, whole, lines);
    }

    private static Line line(Answers answers, int stored, Packing packing, double whole) {
        int positions = answers.teacher().size();
        double seen = 0;
        double packingLoss = 0;
        List<TeacherDistribution> laws = new ArrayList<>(positions);
        for (int t = 0; t < positions; t++) {
            int[] ids = top(answers.teacher().get(t), stored);
            double[] law = cut(answers.teacher().get(t), ids);
            seen += divergence(law, cut(answers.student().get(t), ids));
            packingLoss += divergence(law, read(law, packing));
            float[] values = new float[stored];
            for (int k = 0; k < stored; k++) {
                values[k] = (float) law[k];
            }
            laws.add(new TeacherDistribution(ids, values));
        }
        double half = bytes(answers.sequences(), laws) / (double) positions;
        // The product writes halves, the tail included.
        double bytes = half + (stored + 1) * (packing.bytes - Packing.HALF.bytes);
        return new Line(stored, packing, bytes, whole - seen / positions, packingLoss / positions);
    }

    /** A law as it comes back: each value packed, the sum made 1. */
    private static double[] read(double[] law, Packing packing) {
        double[] read = Arrays.stream(law).map(packing.through).toArray();
        double whole = Math.log(Arrays.stream(read).map(Math::exp).sum());
        return Arrays.stream(read).map(value -> value - whole).toArray();
    }

    /** Log-probabilities of the ids and, last, of everything else. */
    private static double[] cut(double[] law, int[] ids) {
        double[] cut = new double[ids.length + 1];
        double mass = 0;
        for (int k = 0; k < ids.length; k++) {
            cut[k] = law[ids[k]];
            mass += Math.exp(law[ids[k]]);
        }
        cut[ids.length] = Math.log(Math.max(SMALLEST, 1 - mass));
        return cut;
    }

    private static int[] top(double[] law, int count) {
        return IntStream.range(0, law.length)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -law[id]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double divergence(double[] of, double[] from) {
        double nats = 0;
        for (int i = 0; i < of.length; i++) {
            double mass = Math.exp(of[i]);
            nats += mass < SMALLEST ? 0 : mass * (of[i] - from[i]);
        }
        return nats;
    }

    private static long bytes(List<Sequence> sequences, List<TeacherDistribution> laws) {
        WireCodec<InterventionRecorded> codec = WireCodec.of(InterventionRecorded.class);
        long bytes = 0;
        int from = 0;
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            int tokens = sequence.tokens().length;
            try {
                bytes += codec.encode(InterventionAvro.fromDomain(
                                signal(i, sequence, laws.subList(from, from + tokens)), Instant.EPOCH))
                        .length;
            } catch (WireException e) {
                throw new IllegalStateException("[BUG] cannot encode a signal", e);
            }
            from += tokens;
        }
        return bytes;
    }

    private static Intervention signal(int number, Sequence sequence, List<TeacherDistribution> laws) {
        int tokens = sequence.tokens().length;
        float[] confidence = new float[tokens];
        return new Intervention(
                "prompt-" + number,
                "tenant",
                "order-c1",
                sequence.prompt(),
                sequence.tokens(),
                Collections.nCopies(tokens, Author.STUDENT),
                sequence.tokens(),
                confidence,
                confidence,
                new ArrayList<>(laws),
                1,
                "r0001-193a5c2f4d1",
                "teacher-1",
                "0".repeat(64),
                true);
    }

    private Answers answers() {
        Engine engine = Engine.installed();
        Answers answers = new Answers(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (Tokenizer tokenizer = engine.tokenizer(student);
                LanguageModel small = engine.open(student, Kernel.FP32);
                LanguageModel large = engine.open(teacher, Kernel.FP32)) {
            PromptTemplate template = PromptTemplate.read(student);
            int end = tokenizer.vocabulary().special("<eos>").orElseThrow();
            IntakeStream stream = IntakeStream.uniform(17, Split.TRAIN);
            for (int i = 0; i < prompts; i++) {
                Example example = stream.next();
                int[] answer = tokenizer.encode(example.answer());
                int[] tokens = Arrays.copyOf(answer, answer.length + 1);
                tokens[answer.length] = end;
                Sequence sequence = new Sequence(template.render(tokenizer, example.prompt()), tokens);
                answers.sequences().add(sequence);
                answers.teacher().addAll(laws(large, sequence));
                answers.student().addAll(laws(small, sequence));
            }
        }
        return answers;
    }

    /** The law of every completion token, [T][V]. */
    private static List<double[]> laws(LanguageModel model, Sequence sequence) {
        int tokens = sequence.tokens().length;
        int vocabulary = model.shape().vocabulary();
        int[] ids = Arrays.copyOf(sequence.prompt(), sequence.prompt().length + tokens - 1);
        System.arraycopy(sequence.tokens(), 0, ids, sequence.prompt().length, tokens - 1);
        Scores scores = Scores.of(model.shape(), tokens, 2, Extra.LOGITS);
        try (KvCache cache = model.newCache(1)) {
            model.extend(cache, 0, ids, tokens, scores);
        }
        List<double[]> laws = new ArrayList<>(tokens);
        for (int t = 0; t < tokens; t++) {
            double[] law = new double[vocabulary];
            double top = scores.logits[t * vocabulary + scores.argmax[t]];
            double sum = 0;
            for (int id = 0; id < vocabulary; id++) {
                sum += Math.exp(scores.logits[t * vocabulary + id] - top);
            }
            double norm = top + Math.log(sum);
            for (int id = 0; id < vocabulary; id++) {
                law[id] = scores.logits[t * vocabulary + id] - norm;
            }
            laws.add(law);
        }
        return laws;
    }
}
