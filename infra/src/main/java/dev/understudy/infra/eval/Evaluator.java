package dev.understudy.infra.eval;

import dev.understudy.decode.FinishedSequence;
import dev.understudy.decode.WrittenTokens;
import dev.understudy.infra.eval.Pairs.Pair;
import dev.understudy.prompt.Prompt;
import dev.understudy.prompt.PromptId;
import dev.understudy.prompt.Sampling;
import dev.understudy.signal.Author;
import dev.understudy.teacher.Teacher;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores a model on pairs: exact match of greedy completions, perplexity of the right ones, nearness to a teacher on
 * them, and exact match with the teacher's help at chosen shares. Confined to one thread.
 */
public final class Evaluator {
    /** A completion that runs on past the right one is wrong however it ends. */
    private static final int MARGIN = 16;

    private static final int MOST_TRIALS = 5;

    private final ModelOnDisk model;
    private final Clock clock;
    private final int rows;
    private final IntConsumer progress;

    /**
     * Figures of one set of pairs.
     *
     * @param examples number of pairs
     * @param exactMatch share of greedy completions whose text is the right one, in [0, 1]
     * @param perplexity exponential of the mean negative log-likelihood of the right tokens, the end token included
     * @param nearness to the teacher; null without one
     */
    public record Figures(
            int examples,
            double exactMatch,
            double perplexity,
            @Nullable Nearness nearness) {}

    /**
     * Nearness to a teacher on the right completions, by position.
     *
     * @param agreement share of positions where both have the same most probable token, in [0, 1]
     * @param kl mean forward divergence KL(teacher || student) in nats
     */
    public record Nearness(double agreement, double kl) {}

    /**
     * Quality with help.
     *
     * @param share teacher-written tokens over all that was aimed at
     * @param used the share that came out
     * @param price above which difficulty the student asked
     * @param exactMatch in [0, 1]
     */
    public record HelpPoint(double share, double used, double price, double exactMatch) {}

    /** A pair as ids. */
    private record Encoded(Prompt prompt, int[] right, String text) {}

    /** @param progress hears the number of completions so far */
    public Evaluator(ModelOnDisk model, Clock clock, int rows, IntConsumer progress) {
        this.model = model;
        this.clock = clock;
        this.rows = rows;
        this.progress = progress;
    }

    /**
     * Figures of pairs.
     *
     * @param teacher whose distributions are compared; null for none
     * @throws IllegalArgumentException when a pair does not fit into the model's context
     */
    public Figures score(List<Pair> pairs, @Nullable ModelOnDisk teacher) {
        List<Encoded> encoded = encode(pairs);
        double exact = exactMatch(encoded, run(encoded, null, 1));
        double loss = 0;
        long tokens = 0;
        try (ForcedPass pass = new ForcedPass(model.model())) {
            for (Encoded pair : encoded) {
                int[] all = joined(pair);
                for (double logProbability : pass.logProbabilities(all, pair.prompt.tokenIds().length)) {
                    loss -= logProbability;
                    tokens++;
                }
            }
        }
        return new Figures(
                pairs.size(), exact, Math.exp(loss / tokens), teacher == null ? null : nearness(encoded, teacher));
    }

    /** Exact match at shares of teacher-written tokens; the price for each is found by trying. */
    public List<HelpPoint> withHelp(List<Pair> pairs, Teacher teacher, List<Double> shares) {
        List<Encoded> encoded = encode(pairs);
        Map<String, FinishedSequence> alone = run(encoded, teacher, 1);
        double[] difficulties = alone.values().stream()
                .flatMapToDouble(end -> doubles(end.sequence().written()))
                .sorted()
                .toArray();
        List<HelpPoint> points = new ArrayList<>();
        for (double share : shares) {
            points.add(point(encoded, teacher, share, difficulties));
        }
        return points;
    }

    private static DoubleStream doubles(WrittenTokens written) {
        return IntStream.range(0, written.size()).mapToDouble(t -> written.difficulty()[t]);
    }

    /** Help changes what is written after it, so the quantile of the student's own difficulties is only a start. */
    private HelpPoint point(List<Encoded> encoded, Teacher teacher, double share, double[] difficulties) {
        double aim = share;
        HelpPoint best = new HelpPoint(share, 0, 1, exactMatch(encoded, run(encoded, teacher, 1)));
        for (int trial = 0; trial < MOST_TRIALS && share > 0; trial++) {
            int place = (int) Math.floor((1 - aim) * difficulties.length);
            double price = share >= 1 ? -1 : difficulties[Math.max(0, Math.min(difficulties.length - 1, place))];
            Map<String, FinishedSequence> ends = run(encoded, teacher, price);
            double used = used(ends);
            boolean nearer = Math.abs(used - share) < Math.abs(best.used - share);
            if (nearer) {
                best = new HelpPoint(share, used, price, exactMatch(encoded, ends));
            }
            if (share >= 1 || used == 0 || Math.abs(used - share) <= 0.1 * share) {
                break;
            }
            aim = Math.min(1, aim * share / used);
        }
        return best;
    }

    private static double used(Map<String, FinishedSequence> ends) {
        long teacher = 0;
        long all = 0;
        for (FinishedSequence end : ends.values()) {
            WrittenTokens written = end.sequence().written();
            teacher += written.authors().stream()
                    .filter(author -> author == Author.TEACHER)
                    .count();
            all += written.size();
        }
        return (double) teacher / Math.max(1, all);
    }

    private Map<String, FinishedSequence> run(List<Encoded> pairs, @Nullable Teacher teacher, double price) {
        List<Prompt> prompts = pairs.stream().map(Encoded::prompt).toList();
        int[] done = {0};
        DecodeRun.Watcher watcher = new DecodeRun.Watcher() {
            @Override
            public void finished(FinishedSequence sequence) {
                progress.accept(++done[0]);
            }
        };
        DecodeRun decode = new DecodeRun(model, clock, rows);
        return teacher == null
                ? decode.alone(prompts, model.endIds(), watcher)
                : decode.helped(prompts, teacher, price, watcher);
    }

    private static double exactMatch(List<Encoded> pairs, Map<String, FinishedSequence> ends) {
        long right = pairs.stream()
                .filter(pair -> {
                    FinishedSequence end = ends.get(pair.prompt.id().value());
                    return end != null && end.text().equals(pair.text);
                })
                .count();
        return (double) right / pairs.size();
    }

    private Nearness nearness(List<Encoded> pairs, ModelOnDisk teacher) {
        int vocabulary = Math.min(
                model.model().shape().vocabulary(), teacher.model().shape().vocabulary());
        double[] sums = new double[2];
        long positions = 0;
        try (ForcedPass ours = new ForcedPass(model.model());
                ForcedPass theirs = new ForcedPass(teacher.model())) {
            for (Encoded pair : pairs) {
                int[] all = joined(pair);
                int first = pair.prompt.tokenIds().length - 1;
                int[] read = Arrays.copyOf(all, all.length - 1);
                double[][] laws = new double[read.length][];
                theirs.run(
                        read, first, (at, logits, from) -> laws[at] = ForcedPass.logSoftmax(logits, from, vocabulary));
                ours.run(
                        read,
                        first,
                        (at, logits, from) -> add(sums, laws[at], ForcedPass.logSoftmax(logits, from, vocabulary)));
                positions += read.length - first;
            }
        }
        return new Nearness(sums[0] / positions, sums[1] / positions);
    }

    private static void add(double[] sums, double[] teacher, double[] student) {
        int teachers = 0;
        int students = 0;
        double divergence = 0;
        for (int v = 0; v < teacher.length; v++) {
            teachers = teacher[v] > teacher[teachers] ? v : teachers;
            students = student[v] > student[students] ? v : students;
            divergence += Math.exp(teacher[v]) * (teacher[v] - student[v]);
        }
        sums[0] += teachers == students ? 1 : 0;
        sums[1] += divergence;
    }

    private List<Encoded> encode(List<Pair> pairs) {
        int context = model.model().shape().context();
        List<Encoded> encoded = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            int[] prompt = model.template().render(model.tokenizer(), pair.prompt());
            int[] text = model.tokenizer().encode(model.tokenizer().quote(pair.completion()));
            int[] right = Arrays.copyOf(text, text.length + (model.endIds().isEmpty() ? 0 : 1));
            if (right.length > text.length) {
                right[text.length] = model.endIds().get(0);
            }
            if (prompt.length == 0 || right.length == 0 || prompt.length + right.length > context) {
                throw new IllegalArgumentException(
                        "Cannot score pair " + (i + 1) + ": it has " + prompt.length + " and "
                                + right.length + " tokens, expected at least 1 of each and at most " + context
                                + " together; leave it out or shorten it.");
            }
            int most = Math.min(right.length + MARGIN, context - prompt.length);
            encoded.add(new Encoded(
                    new Prompt(
                            new PromptId("pair-" + i),
                            "eval",
                            "eval",
                            prompt,
                            Sampling.GREEDY,
                            most,
                            false,
                            Instant.EPOCH),
                    right,
                    pair.completion()));
        }
        return encoded;
    }

    private static int[] joined(Encoded pair) {
        int[] prompt = pair.prompt.tokenIds();
        int[] all = Arrays.copyOf(prompt, prompt.length + pair.right.length);
        System.arraycopy(pair.right, 0, all, prompt.length, pair.right.length);
        return all;
    }
}
