package dev.understudy.workload;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * An endless stream of messy business lines with their answers, a pure function of its arguments: same seed, same
 * bytes. Not thread safe.
 */
public final class IntakeStream {
    private final SplittableRandom random;
    private final List<Share> shares;
    private final Split split;
    private final Knobs knobs;
    private long drawn;

    /**
     * How often a workload occurs.
     *
     * @param weight relative weight, above 0
     */
    public record Share(Workload workload, double weight) {
        public Share {
            if (!(weight > 0)) {
                throw new IllegalArgumentException(
                        "Workload " + workload.id() + " has weight " + weight + "; expected a positive number.");
            }
        }
    }

    /**
     * @param shares at least one
     * @param split only prompts of this part are drawn
     */
    public IntakeStream(long seed, List<Share> shares, Split split, Knobs knobs) {
        if (shares.isEmpty()) {
            throw new IllegalArgumentException("A stream needs at least one workload; found none.");
        }
        this.random = new SplittableRandom(seed);
        this.shares = List.copyOf(shares);
        this.split = split;
        this.knobs = knobs;
    }

    /** Training lines of all workloads in equal parts. */
    public static IntakeStream uniform(long seed, Split split) {
        List<Share> shares = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            shares.add(new Share(workload, 1));
        }
        return new IntakeStream(seed, shares, split, Knobs.DEFAULT);
    }

    /** Distinct examples of one workload, for evaluation. */
    public static List<Example> distinct(long seed, Workload workload, int count, Split split) {
        IntakeStream stream = new IntakeStream(seed, List.of(new Share(workload, 1)), split, Knobs.DEFAULT);
        Set<String> seen = new HashSet<>();
        List<Example> examples = new ArrayList<>(count);
        while (examples.size() < count) {
            Example example = stream.next();
            if (seen.add(example.prompt())) {
                examples.add(example);
            }
        }
        return examples;
    }

    /** The next example of the stream's part. */
    public Example next() {
        while (true) {
            Workload workload = draw(random, shares);
            Example example = generate(random, workload, knobs);
            if (Split.of(example.prompt()) == split) {
                drawn++;
                return example;
            }
        }
    }

    /** Examples given out so far: the position to {@link #skip} to after a restart. */
    public long drawn() {
        return drawn;
    }

    /** Draws and drops {@code count} examples. */
    public void skip(long count) {
        for (long i = 0; i < count; i++) {
            next();
        }
    }

    /** One example of a workload, of whatever part. */
    static Example generate(SplittableRandom random, Workload workload, Knobs knobs) {
        Grammar.Line line = Grammar.write(random, workload, knobs);
        return new Example(workload, workload.header() + line.text(), line.answer());
    }

    /** One workload by the weights. */
    static Workload draw(SplittableRandom random, List<Share> shares) {
        double total = shares.stream().mapToDouble(Share::weight).sum();
        double point = random.nextDouble() * total;
        for (Share share : shares) {
            point -= share.weight();
            if (point < 0) {
                return share.workload();
            }
        }
        return shares.get(shares.size() - 1).workload();
    }
}
