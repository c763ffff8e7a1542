package dev.understudy.distil;

import dev.understudy.lm.Hyper;
import dev.understudy.lm.StepReport;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.Trainer;
import dev.understudy.lm.TrainingBatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    private final Clock clock;
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
     * How long and how fast.
     *
     * @param steps optimiser steps of the whole schedule, at least 1
     * @param batch sequences a step, at least 1
     * @param learningRate peak rate, above 0
     * @param warmUp steps of linear warm-up, at least 0
     * @param seed order of batches within a pool
     */
    public record Plan(long steps, int batch, double learningRate, long warmUp, long seed) {
        /** Rate at the end of the schedule as a fraction of the peak. */
        static final double FLOOR = 0.05;

        public Plan {
            if (steps < 1 || batch < 1 || !(learningRate > 0) || warmUp < 0) {
                throw new IllegalArgumentException("Training plan with steps=" + steps + " batch=" + batch
                        + " learningRate=" + learningRate + " warmUp=" + warmUp
                        + "; expected at least 1, at least 1, above 0 and at least 0.");
            }
        }

        /**
         * Learning rate of step {@code step} in [0, steps): linear warm-up, then half a cosine down to 5 % (Loshchilov
         * and Hutter 2017, SGDR, equation 5, without restarts and with a floor).
         */
        public double learningRateAt(long step) {
            if (step < warmUp) {
                return learningRate * (step + 1) / warmUp;
            }
            double part = (double) (step - warmUp) / Math.max(1, steps - warmUp);
            return learningRate * (FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos(Math.PI * part)));
        }
    }

    /**
     * Where the training stands.
     *
     * @param step steps taken, resumed ones included
     * @param steps steps of the plan
     * @param loss mean loss in nats since the last report
     * @param tokensPerSecond trained tokens a second since the last report, padding included
     * @param timeLeft until the end of the plan at this speed
     */
    public record Progress(long step, long steps, double loss, double tokensPerSecond, Duration timeLeft) {}

    /** @param pairs the source from its beginning; it is wound forward to where {@code trainer} stands */
    public PairTrainer(Trainer trainer, Plan plan, PairSource pairs, Clock clock) {
        this.trainer = trainer;
        this.plan = plan;
        this.pairs = pairs;
        this.clock = clock;
        wind();
    }

    /**
     * Takes up to {@code count} steps, fewer when the plan ends first.
     *
     * @param every steps between reports, at least 1
     * @return true when the plan is finished
     */
    public boolean run(long count, int every, Consumer<Progress> reports) {
        long end = Math.min(plan.steps(), trainer.steps() + count);
        double loss = 0;
        long tokens = 0;
        long first = trainer.steps();
        Instant since = clock.instant();
        while (trainer.steps() < end) {
            TrainingBatch batch = next();
            StepReport report = trainer.step(batch, Hyper.of(plan.learningRateAt(trainer.steps())));
            loss += report.loss();
            tokens += batch.tokens().ids().length;
            long step = trainer.steps();
            if (step % every == 0 || step == end) {
                Instant now = clock.instant();
                double seconds = Math.max(1e-3, Duration.between(since, now).toMillis() / 1000.0);
                long taken = step - first;
                Duration left = Duration.ofMillis((long) (1000 * seconds / taken * (plan.steps() - step)));
                reports.accept(new Progress(step, plan.steps(), loss / taken, tokens / seconds, left));
                loss = 0;
                tokens = 0;
                first = step;
                since = now;
            }
        }
        return trainer.steps() >= plan.steps();
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

    /** Labels at K = 1: the position before each answer token predicts it. */
    static TrainingBatch batch(List<Pair> pairs) {
        TokenBatch tokens = tokens(pairs);
        int[] labels = pairs.stream()
                .flatMapToInt(pair -> Arrays.stream(pair.answer()))
                .toArray();
        float[] weights = new float[labels.length];
        Arrays.fill(weights, 1f);
        return new TrainingBatch(tokens, weights, 1, labels, new float[labels.length]);
    }

    /** Sequences without their last token, and the positions that predict the answers, row by row. */
    static TokenBatch tokens(List<Pair> pairs) {
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
