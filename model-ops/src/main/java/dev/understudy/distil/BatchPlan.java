package dev.understudy.distil;

import dev.understudy.lm.TeacherDistribution;
import dev.understudy.lm.TokenBatch;
import dev.understudy.lm.train.Targets;
import dev.understudy.lm.train.TrainingBatch;
import dev.understudy.signal.LabelledSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Which rows stand in which step: a function of (snapshot, configuration, step), so that a resumed round needs no
 * generator state. Eight batches are drawn together, sorted by length and cut, so that little is padded; their order is
 * shuffled. Not thread safe.
 */
final class BatchPlan {
    private static final int POOLED = 8;

    private final DistilConfig config;
    private final long round;
    private final WeightedDraw signals;
    private final WeightedDraw replay;
    private long pool = -1;
    private List<List<LabelledSequence>> batches = List.of();

    /** @param context longest sequence that the model takes; longer rows are left out */
    BatchPlan(TrainingSnapshot snapshot, DistilConfig config, int context) {
        this.config = config;
        round = snapshot.round();
        signals = WeightedDraw.byTenant(fitting(snapshot.signals(), context));
        replay = WeightedDraw.byWorkload(fitting(snapshot.replay(), context), snapshot.replayWeights());
        if (signals.isEmpty()) {
            throw new IllegalArgumentException(
                    "Round " + round + ": none of " + snapshot.signals().size() + " signals fits the context of "
                            + context + " tokens. Lower the prompts' max-tokens.");
        }
    }

    /** Rows of step {@code step}. */
    List<LabelledSequence> rows(long step) {
        if (step / POOLED != pool) {
            pool = step / POOLED;
            batches = draw(new Random(seed(config.seed(), round, pool)));
        }
        return batches.get((int) (step % POOLED));
    }

    private List<List<LabelledSequence>> draw(Random random) {
        int size = POOLED * config.batch();
        int replayed = replay.isEmpty() ? 0 : (int) Math.round(size * config.replayShare());
        List<LabelledSequence> rows = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            rows.add(i < replayed ? replay.next(random) : signals.next(random));
        }
        rows.sort(Comparator.comparingInt(LabelledSequence::length));
        List<List<LabelledSequence>> cut = new ArrayList<>(POOLED);
        for (int i = 0; i < size; i += config.batch()) {
            cut.add(List.copyOf(rows.subList(i, i + config.batch())));
        }
        Collections.shuffle(cut, random);
        return cut;
    }

    /** Pads rows and lays out their laws with exactly {@code topK} ids a position. */
    static TrainingBatch batch(List<LabelledSequence> rows, int topK) {
        // The last completion token is only predicted, never read.
        int time = rows.stream().mapToInt(row -> row.length() - 1).max().orElseThrow();
        int labels = rows.stream().mapToInt(row -> row.positions().length).sum();
        int[] ids = new int[rows.size() * time];
        int[] positions = new int[labels];
        int[] topIds = new int[labels * topK];
        float[] topLogProbabilities = new float[labels * topK];
        int n = 0;
        for (int b = 0; b < rows.size(); b++) {
            LabelledSequence row = rows.get(b);
            int prompt = row.promptIds().length;
            System.arraycopy(row.promptIds(), 0, ids, b * time, prompt);
            System.arraycopy(row.tokenIds(), 0, ids, b * time + prompt, row.tokenIds().length - 1);
            for (int i = 0; i < row.positions().length; i++) {
                positions[n] = b * time + prompt - 1 + row.positions()[i];
                layOut(row.laws().get(i), topK, topIds, topLogProbabilities, n * topK);
                n++;
            }
        }
        float[] weights = new float[labels];
        Arrays.fill(weights, 1);
        TokenBatch tokens = new TokenBatch(rows.size(), time, ids, positions);
        return new TrainingBatch(tokens, weights, new Targets.TopK(topK, topIds, topLogProbabilities));
    }

    private static void layOut(TeacherDistribution law, int topK, int[] ids, float[] logProbabilities, int at) {
        int known = Math.min(topK, law.ids().length);
        System.arraycopy(law.ids(), 0, ids, at, known);
        System.arraycopy(law.logProbabilities(), 0, logProbabilities, at, known);
        Arrays.fill(ids, at + known, at + topK, law.ids()[0]);
        Arrays.fill(logProbabilities, at + known, at + topK, Targets.TopK.FILLER);
    }

    /** Odd multipliers keep neighbours (round 1, pool 2) and (round 2, pool 1) apart. */
    private static long seed(long seed, long round, long pool) {
        return (seed * 0x9E3779B97F4A7C15L + round) * 0xBF58476D1CE4E5B9L + pool * 0x94D049BB133111EBL;
    }

    private static List<LabelledSequence> fitting(List<LabelledSequence> rows, int context) {
        return rows.stream().filter(row -> row.length() - 1 <= context).toList();
    }
}
