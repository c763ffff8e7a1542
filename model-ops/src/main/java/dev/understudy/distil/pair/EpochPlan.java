package dev.understudy.distil.pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Which pairs stand in which step: a function of (lengths, batch, seed, step), so that a resumed run needs no generator
 * state. Every epoch is a new permutation. Sixteen batches are drawn together, sorted by length and cut, so that little
 * is padded; their order is shuffled. Not thread safe.
 */
public final class EpochPlan {
    private static final int POOLED = 16;
    private static final long EPOCH_SALT = 0x9E3779B97F4A7C15L;
    private static final long POOL_SALT = 0xBF58476D1CE4E5B9L;

    private final int[] lengths;
    private final int batch;
    private final long seed;
    private long pool = -1;
    private List<int[]> batches = List.of();
    private long epoch = -1;
    private int[] order = {};

    /** @param lengths tokens of each pair, at least one pair */
    public EpochPlan(int[] lengths, int batch, long seed) {
        this.lengths = lengths;
        this.batch = batch;
        this.seed = seed;
    }

    /** Numbers of the pairs of step {@code step}. */
    public int[] rows(long step) {
        if (step / POOLED != pool) {
            pool = step / POOLED;
            batches = draw(pool * POOLED * batch);
        }
        return batches.get((int) (step % POOLED));
    }

    private List<int[]> draw(long from) {
        List<Integer> drawn = new ArrayList<>(POOLED * batch);
        for (long place = from; place < from + (long) POOLED * batch; place++) {
            drawn.add(pairAt(place));
        }
        drawn.sort(Comparator.comparingInt(pair -> lengths[pair]));
        List<int[]> cut = new ArrayList<>(POOLED);
        for (int i = 0; i < drawn.size(); i += batch) {
            cut.add(drawn.subList(i, i + batch).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
        }
        Collections.shuffle(cut, new Random(seed * POOL_SALT + pool));
        return cut;
    }

    /** The pair at a place of the endless sequence of epochs. */
    private int pairAt(long place) {
        if (place / lengths.length != epoch) {
            epoch = place / lengths.length;
            List<Integer> shuffled = new ArrayList<>(lengths.length);
            for (int i = 0; i < lengths.length; i++) {
                shuffled.add(i);
            }
            Collections.shuffle(shuffled, new Random(seed * EPOCH_SALT + epoch));
            order = shuffled.stream().mapToInt(Integer::intValue).toArray();
        }
        return order[(int) (place % lengths.length)];
    }

    /** Numbers of all pairs, shortest first. */
    static int[] byLength(int[] lengths) {
        Integer[] order = new Integer[lengths.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(pair -> lengths[pair]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
}
