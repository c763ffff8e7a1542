package dev.understudy.lm.djl;

import dev.understudy.lm.Kernel;
import dev.understudy.lm.LanguageModel;
import dev.understudy.lm.ModelRejectedException;
import dev.understudy.lm.Scores;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.shape.ModelShape;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a model with the kernel that reads batches fastest on this machine: products in single precision by oneDNN, or
 * in bfloat16 where that pays and says the same. Both read one batch of random ids in turn; the figures are logged.
 */
final class ReaderChoice {
    /** Largest mean KL in nats between the laws of both, small against what training can reach. */
    static final double FARTHEST = 1e-3;

    private static final Logger LOG = LoggerFactory.getLogger(ReaderChoice.class);
    private static final int ROWS = 8;
    private static final int TIME = 128;
    /** One position in so many is compared and asked for. */
    private static final int APART = 16;

    private static final int LEAST_TURNS = 3;
    private static final long ENOUGH_NANOS = 400_000_000;

    private ReaderChoice() {}

    static LanguageModel open(Function<Kernel, ? extends LanguageModel> opener) {
        LanguageModel exact = opener.apply(Kernel.ONEDNN);
        LanguageModel rounded;
        try {
            rounded = opener.apply(Kernel.BF16);
        } catch (ModelRejectedException e) {
            LOG.info("Kernel auto chose onednn to read a teacher. bf16 was refused: {}", e.getMessage());
            return exact;
        }
        boolean better;
        try {
            better = isBetter(exact, rounded);
        } catch (RuntimeException e) {
            exact.close();
            rounded.close();
            throw e;
        }
        (better ? exact : rounded).close();
        return better ? rounded : exact;
    }

    private static boolean isBetter(LanguageModel exact, LanguageModel rounded) {
        ModelShape shape = exact.shape();
        int time = Math.min(TIME, shape.context());
        int[] ids = new SplittableRandom(1)
                .ints((long) ROWS * time, 0, shape.vocabulary())
                .toArray();
        int[] positions =
                IntStream.range(0, ids.length).filter(i -> i % APART == 0).toArray();
        TokenBatch batch = new TokenBatch(ROWS, time, ids, positions);
        Scores laws = new Scores(positions.length, 2, shape.vocabulary());
        Scores others = new Scores(positions.length, 2, shape.vocabulary());
        long slow = Long.MAX_VALUE;
        long fast = Long.MAX_VALUE;
        long spent = 0;
        // by the fastest turn: a disturbed one says nothing about a kernel
        for (int turns = 0; turns < LEAST_TURNS || spent < ENOUGH_NANOS; turns++) {
            long one = read(exact, batch, laws);
            long two = read(rounded, batch, others);
            slow = Math.min(slow, one);
            fast = Math.min(fast, two);
            spent += one + two;
        }
        double distance = divergence(laws, others);
        boolean better = fast < slow && distance <= FARTHEST;
        LOG.info(
                "Kernel auto chose {} to read a teacher. width={} layers={} rows={} tokens={} tokensPerSecond=[onednn {}, bf16 {}] meanKl={}",
                better ? "bf16" : "onednn",
                shape.width(),
                shape.layers(),
                ROWS,
                time,
                Math.round(ids.length * 1e9 / slow),
                Math.round(ids.length * 1e9 / fast),
                String.format(Locale.ROOT, "%.1e", distance));
        return better;
    }

    private static long read(LanguageModel model, TokenBatch batch, Scores out) {
        long start = System.nanoTime();
        model.score(batch, out);
        return System.nanoTime() - start;
    }

    /** Mean KL in nats of the second laws from the first. */
    private static double divergence(Scores laws, Scores others) {
        int count = laws.count();
        int vocabulary = laws.logits.length / laws.capacity();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double p = logSum(laws, i, vocabulary);
            double q = logSum(others, i, vocabulary);
            for (int v = i * vocabulary; v < (i + 1) * vocabulary; v++) {
                double logP = laws.logits[v] - p;
                sum += Math.exp(logP) * (logP - (others.logits[v] - q));
            }
        }
        return sum / count;
    }

    /** What is taken from a logit to make it a log-probability. */
    private static double logSum(Scores laws, int entry, int vocabulary) {
        return laws.logits[entry * vocabulary + laws.argmax[entry]] - laws.topLogProbabilities[entry * laws.topK()];
    }
}
