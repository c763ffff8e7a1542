package dev.understudy.distil;

import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.Trainer;
import dev.understudy.lm.train.TrainingBatch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Trains on labelled pairs from nothing or from a checkpoint: cross-entropy on the answer and its end token, never on
 * the prompt. Pairs come in pools of {@value #POOL} batches, sorted by length to spare padding, and the batches of a
 * pool are shuffled. What step n sees depends on the source, the seed and n alone: a trainer resumed at step n
 * continues with the same batches when its source starts again from the beginning. Owned by one thread; neither the
 * trainer nor the source is closed here.
 */
public final class PairTrainer {
    /** Batches that are drawn, sorted and shuffled together. */
    static final int POOL = 16;

    private final Trainer trainer;
    private final Plan plan;
    private final PairSource pairs;
    private final TrainingLoop loop;
    private final List<TrainingBatch> pool = new ArrayList<>();
    private long nextPool;

    /**
     * One labelled pair. Arrays are not copied; nobody modifies them.
     *
     * @param prompt rendered prompt ids [P], at least one
     * @param answer answer ids [A] with the end token last, at least one
     */
    public record Pair(int[] prompt, int[] answer) {
        public Pair {
            if (prompt.length == 0 || answer.length == 0) {
                throw new IllegalArgumentException("[BUG] pair of " + prompt.length + " prompt and " + answer.length
                        + " answer tokens; both need one");
            }
        }

        /** Tokens of prompt and answer together. */
        public int length() {
            return prompt.length + answer.length;
        }
    }

    /** An endless sequence of pairs, the same from every start. */
    @FunctionalInterface
    public interface PairSource {
        Pair next();
    }

    /**
     * How it is trained.
     *
     * @param schedule learning rates and number of steps
     * @param batch sequences a step, at least 1
     * @param seed order of batches within a pool
     */
    public record Plan(Schedule schedule, int batch, long seed) {
        public Plan {
            if (batch < 1) {
                throw new IllegalArgumentException(
                        "Training plan with " + batch + " sequences a step; expected at least 1.");
            }
        }
    }

    /** @param pairs the source from its beginning; it is wound forward to where {@code trainer} stands */
    public PairTrainer(Trainer trainer, Plan plan, PairSource pairs, Clock clock) {
        this.trainer = trainer;
        this.plan = plan;
        this.pairs = pairs;
        loop = new TrainingLoop(trainer, TrainingLoop.Plan.of(plan.schedule()), step -> List.of(next()), clock);
        wind();
    }

    /**
     * Takes up to {@code count} steps, fewer when the plan ends first.
     *
     * @param every steps between reports, at least 1
     * @return true when the plan is finished
     */
    public boolean run(long count, int every, Consumer<TrainingProgress> reports) {
        return loop.run(count, every, reports);
    }

    private void wind() {
        long pools = trainer.steps() / POOL;
        for (long i = 0; i < pools * POOL * plan.batch(); i++) {
            pairs.next();
        }
        nextPool = pools;
        for (long i = pools * POOL; i < trainer.steps(); i++) {
            next();
        }
    }

    private TrainingBatch next() {
        if (pool.isEmpty()) {
            fill();
        }
        return pool.remove(pool.size() - 1);
    }

    private void fill() {
        List<Pair> drawn = new ArrayList<>(POOL * plan.batch());
        for (int i = 0; i < POOL * plan.batch(); i++) {
            drawn.add(pairs.next());
        }
        drawn.sort(Comparator.comparingInt(Pair::length));
        for (int i = 0; i < POOL; i++) {
            pool.add(batch(drawn.subList(i * plan.batch(), (i + 1) * plan.batch())));
        }
        SplittableRandom random = new SplittableRandom(plan.seed() + nextPool * 0x9E3779B97F4A7C15L);
        for (int i = POOL - 1; i > 0; i--) {
            Collections.swap(pool, i, random.nextInt(i + 1));
        }
        nextPool++;
    }

    /** The position before each answer token predicts it. */
    public static TrainingBatch batch(List<Pair> pairs) {
        TokenBatch tokens = tokens(pairs);
        int[] labels = pairs.stream()
                .flatMapToInt(pair -> Arrays.stream(pair.answer()))
                .toArray();
        float[] weights = new float[labels.length];
        Arrays.fill(weights, 1f);
        return new TrainingBatch(tokens, weights, new Targets.Labels(labels));
    }

    /** Sequences without their last token, and the positions that predict the answers, row by row. */
    public static TokenBatch tokens(List<Pair> pairs) {
        int time = pairs.stream().mapToInt(Pair::length).max().orElseThrow() - 1;
        int[] ids = new int[pairs.size() * time];
        int[] positions =
                new int[pairs.stream().mapToInt(pair -> pair.answer().length).sum()];
        int n = 0;
        for (int row = 0; row < pairs.size(); row++) {
            int[] prompt = pairs.get(row).prompt();
            int[] answer = pairs.get(row).answer();
            int start = row * time;
            System.arraycopy(prompt, 0, ids, start, prompt.length);
            System.arraycopy(answer, 0, ids, start + prompt.length, answer.length - 1);
            for (int i = 0; i < answer.length; i++) {
                positions[n++] = start + prompt.length - 1 + i;
            }
        }
        return new TokenBatch(pairs.size(), time, ids, positions);
    }
}
